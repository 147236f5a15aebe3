package io.github.errgroup.compatibility;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.slf4j.MDC;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** The three idioms, and what is carried into a task. */
@RestController
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class Quotes {
    final CountDownLatch accepted = new CountDownLatch(1);
    final CountDownLatch proceed = new CountDownLatch(1);

    private final ErrGroups groups;
    private final ErrGroup stock;
    private final ObjectProvider<ErrGroup> stocks;
    private final Supplier<String> user;

    Quotes(
            ErrGroups groups,
            @Qualifier("stock") ErrGroup stock,
            @Qualifier("stock") ObjectProvider<ErrGroup> stocks,
            ObjectProvider<Supplier<String>> user) {
        this.groups = groups;
        this.stock = stock;
        this.stocks = stocks;
        this.user = user.getIfAvailable(() -> () -> "nobody");
    }

    @GetMapping("/factory")
    String factory(@RequestParam String id) throws InterruptedException {
        return quote(groups.open("stock"), id);
    }

    @GetMapping("/template")
    String template(@RequestParam String id) throws InterruptedException {
        return quote(stock.fresh(), id);
    }

    @GetMapping("/provider")
    String provider(@RequestParam String id) throws InterruptedException {
        return quote(stocks.getObject(), id);
    }

    @GetMapping("/shared")
    String shared() {
        try {
            stock.go(() -> {});
            return "not guarded";
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @GetMapping("/late")
    String late(@RequestParam String id) throws InterruptedException {
        accepted.countDown();
        proceed.await();
        return quote(groups.open("stock"), id);
    }

    /** What two tasks have on their threads, beyond the limit of the group a third. */
    private String quote(ErrGroup opened, String id) throws InterruptedException {
        MDC.put("requestId", id);
        try (ErrGroup group = opened) {
            Subtask<String> mdc = group.go(() -> MDC.get("requestId"));
            Subtask<String> who = group.go(user::get);
            Subtask<String> request = group.go(Quotes::parameter);
            group.await();
            return "id " + id + ", limit " + group.limit() + ", mdc " + mdc.get() + ", user " + who.get() + ", request "
                    + request.get();
        } finally {
            MDC.remove("requestId");
        }
    }

    private static String parameter() {
        RequestAttributes attributes = RequestContextHolder.getRequestAttributes();
        return attributes == null ? "none" : "carried";
    }
}
