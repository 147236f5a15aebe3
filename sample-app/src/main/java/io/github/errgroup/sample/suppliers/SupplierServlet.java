package io.github.errgroup.sample.suppliers;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code GET /<supplier>/<sku>}: answers after the supplier's delay, and fails as often as it should. A request may ask
 * for a delay or a failure of its own with {@code ?delayMs=200} and {@code ?fail=true}.
 *
 * <p>An answer waits on a timer and not on a thread, so that a thousand slow answers need no thousand threads.
 */
final class SupplierServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final Logger log = LoggerFactory.getLogger(SupplierServlet.class);

    private final transient Catalogue catalogue;

    private final transient SupplierBehaviours behaviours;

    private final transient ScheduledExecutorService timer;

    private final transient JsonMapper json = new JsonMapper();

    SupplierServlet(Catalogue catalogue, SupplierBehaviours behaviours, ScheduledExecutorService timer) {
        this.catalogue = catalogue;
        this.behaviours = behaviours;
        this.timer = timer;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String[] path = request.getRequestURI().split("/", -1);
        Optional<Supplier> supplier = path.length == 3 ? Supplier.of(path[1]) : Optional.empty();
        if (supplier.isEmpty()) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        SupplierBehaviour behaviour = behaviours.of(supplier.get());
        Duration delay = delay(request.getParameter("delayMs"), behaviour.delay());
        boolean fails = "true".equals(request.getParameter("fail"))
                || ThreadLocalRandom.current().nextDouble() < behaviour.failureRate();
        Optional<Product> product = catalogue.find(path[2]);

        AsyncContext async = request.startAsync();
        async.setTimeout(SupplierBehaviour.MAX_DELAY.plusSeconds(5).toMillis());
        timer.schedule(
                () -> answer(async, supplier.get(), product.orElse(null), fails),
                delay.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private static Duration delay(@Nullable String asked, Duration otherwise) {
        if (asked == null) {
            return otherwise;
        }
        long millis = Long.parseLong(asked);
        return Duration.ofMillis(Math.min(Math.max(0, millis), SupplierBehaviour.MAX_DELAY.toMillis()));
    }

    private void answer(AsyncContext async, Supplier supplier, @Nullable Product product, boolean fails) {
        HttpServletResponse response = (HttpServletResponse) async.getResponse();
        try {
            if (fails) {
                response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            } else if (product == null) {
                response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            } else {
                byte[] body = json.writeValueAsString(part(supplier, product)).getBytes(StandardCharsets.UTF_8);
                response.setContentType("application/json");
                response.setContentLength(body.length);
                response.getOutputStream().write(body);
            }
        } catch (IOException e) {
            // The group of the caller was cancelled, and the caller closed the connection.
            log.debug("the caller of supplier {} has gone", supplier.id(), e);
        } finally {
            async.complete();
        }
    }

    private static Map<String, ?> part(Supplier supplier, Product product) {
        return switch (supplier) {
            case PRICE -> Map.of("amount", product.price(), "currency", "EUR");
            case STOCK -> Map.of("available", product.stock());
            case REVIEWS -> Map.of("rating", product.rating(), "count", product.reviews());
            case SHIPPING -> Map.of("days", product.shippingDays());
        };
    }
}
