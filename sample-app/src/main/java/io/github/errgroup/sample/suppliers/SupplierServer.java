package io.github.errgroup.sample.suppliers;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;

/**
 * The HTTP server on loopback that plays the suppliers. It is a second one, so that quotes that wait for suppliers cannot
 * take the threads that the suppliers need to answer. Its constructor starts it; it is closed after the application's own
 * server, whose last requests need it.
 */
final class SupplierServer implements AutoCloseable {
    private final ScheduledExecutorService timer;

    private final WebServer server;

    SupplierServer(int port, Catalogue catalogue, SupplierBehaviours behaviours) {
        this.timer = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "supplier-timer");
            thread.setDaemon(true);
            return thread;
        });
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(port);
        factory.setAddress(InetAddress.getLoopbackAddress());
        factory.setRegisterDefaultServlet(false);
        factory.addConnectorCustomizers(connector -> {
            connector.setProperty("maxConnections", "20000");
            // Few are enough, since answers wait on a timer. A fixed number, since the load test counts threads.
            connector.setProperty("maxThreads", "16");
            connector.setProperty("minSpareThreads", "16");
            // A burst of new connections must not overflow the queue: a dropped packet is sent again after a second.
            connector.setProperty("acceptCount", "4096");
            connector.setProperty("maxKeepAliveRequests", "-1");
            // Longer than the client keeps an idle connection: else it would sometimes use one that was just closed.
            connector.setProperty(
                    "keepAliveTimeout", Long.toString(Duration.ofMinutes(30).toMillis()));
        });
        this.server = factory.getWebServer(context -> {
            var servlet = context.addServlet("suppliers", new SupplierServlet(catalogue, behaviours, timer));
            servlet.setAsyncSupported(true);
            servlet.addMapping("/*");
        });
        server.start();
    }

    /** Where it listens. */
    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    @Override
    public void close() {
        server.stop();
        server.destroy();
        timer.shutdownNow();
    }
}
