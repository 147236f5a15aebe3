package io.github.errgroup.sample.demo;

import io.github.errgroup.GroupContext;
import io.github.errgroup.sample.fetches.FetchProperties;
import io.github.errgroup.sample.fetches.WebFetcher;
import io.github.errgroup.sample.suppliers.Catalogue;
import io.github.errgroup.sample.suppliers.Supplier;
import io.github.errgroup.sample.suppliers.SupplierAddress;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.DefaultUriBuilderFactory;

/** The calls of suppliers that the page shows: slow enough to be watched, and the same in each run. Thread-safe. */
@Component
class SupplierCalls {
    private static final Supplier[] SUPPLIERS = Supplier.values();

    private static final String TEMPLATE = "/{supplier}/{sku}?delayMs={delayMs}&fail={fail}";

    private static final int MIN_DELAY_MS = 150;

    private static final int MAX_DELAY_MS = 1_500;

    private static final int SLOW_TOOL_MS = 8_000;

    private final SupplierAddress address;

    private final List<String> skus;

    private final RestClient suppliers;

    /** May connect to loopback, since all its URLs are made here. The fetcher for URLs from outside may not. */
    private final WebFetcher fetcher;

    SupplierCalls(
            SupplierAddress address, Catalogue catalogue, RestClient supplierRestClient, FetchProperties properties) {
        this.address = address;
        this.skus = catalogue.skus();
        this.suppliers = supplierRestClient;
        this.fetcher = new WebFetcher(properties, SystemDefaultDnsResolver.INSTANCE, target -> true);
    }

    /** One call of a supplier, and the name of its task. */
    record Call(String name, String supplier, String sku, int delayMs, boolean fails) {}

    List<Call> of(RunPlan plan) {
        return switch (plan.scenario()) {
            case RACE -> mirrors(plan);
            case TOOLS -> tools(plan);
            default -> many(plan);
        };
    }

    /** The last one takes longer than the group's task-timeout. */
    private List<Call> tools(RunPlan plan) {
        List<Call> calls = many(plan);
        Call last = calls.remove(calls.size() - 1);
        calls.add(new Call(last.name(), last.supplier(), last.sku(), SLOW_TOOL_MS, last.fails()));
        return calls;
    }

    /** The same question to each. The one that fails is the first to answer: a failure wins no race. */
    private List<Call> mirrors(RunPlan plan) {
        List<Call> calls = new ArrayList<>(plan.tasks());
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < plan.tasks(); i++) {
            int delayMs = random.nextInt(MAX_DELAY_MS / 2, MAX_DELAY_MS);
            boolean fails = i == plan.failAt();
            calls.add(new Call(
                    "mirror " + (i + 1), Supplier.PRICE.id(), skus.get(0), fails ? MIN_DELAY_MS : delayMs, fails));
        }
        return calls;
    }

    private List<Call> many(RunPlan plan) {
        List<Call> calls = new ArrayList<>(plan.tasks());
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < plan.tasks(); i++) {
            String supplier = SUPPLIERS[i % SUPPLIERS.length].id();
            String sku = skus.get(i / SUPPLIERS.length % skus.size());
            calls.add(new Call(
                    supplier + " " + sku,
                    supplier,
                    sku,
                    random.nextInt(MIN_DELAY_MS, MAX_DELAY_MS),
                    i == plan.failAt()));
        }
        return calls;
    }

    /** Calls as the storefront does. */
    void quote(Call call) {
        // With a template and not with the finished URL: the client's meters get a tag for each that they see.
        suppliers
                .get()
                .uri(TEMPLATE, call.supplier(), call.sku(), call.delayMs(), call.fails())
                .retrieve()
                .toBodilessEntity();
    }

    /** Calls as the fetcher does. */
    void fetch(Call call, GroupContext context) throws IOException {
        int status = fetcher.fetch(url(call), context).status();
        if (status >= 400) {
            throw new IOException("status " + status);
        }
    }

    /** What to ask, wherever that is done. */
    URI url(Call call) {
        return new DefaultUriBuilderFactory(address.baseUrl().toString())
                .expand(TEMPLATE, call.supplier(), call.sku(), call.delayMs(), call.fails());
    }

    @PreDestroy
    void close() throws IOException {
        fetcher.close();
    }
}
