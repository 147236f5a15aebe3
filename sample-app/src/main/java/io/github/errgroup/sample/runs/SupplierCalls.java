package io.github.errgroup.sample.runs;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.sample.fetches.FetchProperties;
import io.github.errgroup.sample.fetches.Fetched;
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
import org.springframework.web.util.UriComponentsBuilder;

/** The tasks of the two scenarios that call suppliers: slow enough to be watched, and the same for each run. */
@Component
class SupplierCalls {
    private static final Supplier[] SUPPLIERS = Supplier.values();

    private static final String TEMPLATE = "/{supplier}/{sku}?delayMs={delayMs}&fail={fail}";

    private static final int MIN_DELAY_MS = 150;

    private static final int MAX_DELAY_MS = 1_500;

    private final SupplierAddress address;

    private final List<String> skus;

    private final RestClient suppliers;

    /** Reaches loopback, since all its URLs are made here. The fetcher for URLs from outside does not. */
    private final WebFetcher fetcher;

    SupplierCalls(
            SupplierAddress address, Catalogue catalogue, RestClient supplierRestClient, FetchProperties properties) {
        this.address = address;
        this.skus = catalogue.skus();
        this.suppliers = supplierRestClient;
        this.fetcher = new WebFetcher(properties, SystemDefaultDnsResolver.INSTANCE, target -> true);
    }

    /** Calls as the storefront makes them. */
    List<ScenarioTask> storefront(RunPlan plan) {
        List<ScenarioTask> tasks = new ArrayList<>(plan.tasks());
        for (Call call : calls(plan)) {
            // A template and not the finished URL: the client's meters have a tag for each that they see.
            tasks.add(new ScenarioTask(
                    call.supplier() + " " + call.sku(),
                    () -> suppliers
                            .get()
                            .uri(TEMPLATE, call.supplier(), call.sku(), call.delayMs(), call.fails())
                            .retrieve()
                            .toBodilessEntity()));
        }
        return tasks;
    }

    /** Calls as the fetcher makes them. */
    List<ScenarioTask> fetcher(RunPlan plan, ErrGroup group) {
        List<ScenarioTask> tasks = new ArrayList<>(plan.tasks());
        for (Call call : calls(plan)) {
            URI url = UriComponentsBuilder.fromUri(address.baseUrl())
                    .uriComponents(UriComponentsBuilder.fromUriString(TEMPLATE).build())
                    .build(call.supplier(), call.sku(), call.delayMs(), call.fails());
            tasks.add(new ScenarioTask(url.getPath(), () -> {
                Fetched fetched = fetcher.fetch(url, group.context());
                if (fetched.status() >= 400) {
                    throw new IOException("status " + fetched.status());
                }
            }));
        }
        return tasks;
    }

    private List<Call> calls(RunPlan plan) {
        List<Call> calls = new ArrayList<>(plan.tasks());
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < plan.tasks(); i++) {
            calls.add(new Call(
                    SUPPLIERS[i % SUPPLIERS.length].id(),
                    skus.get(i / SUPPLIERS.length % skus.size()),
                    random.nextInt(MIN_DELAY_MS, MAX_DELAY_MS),
                    i == plan.failAt()));
        }
        return calls;
    }

    private record Call(String supplier, String sku, int delayMs, boolean fails) {}

    @PreDestroy
    void close() throws IOException {
        fetcher.close();
    }
}
