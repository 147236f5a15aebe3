package io.github.errgroup.sample.suppliers;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;

/**
 * The HTTP server on loopback that plays the suppliers: a second one, so that quotes waiting for suppliers can never
 * take the threads that the suppliers need to answer. Started by its constructor; closed after the application's own
 * server, whose last requests still need it.
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
            // Few are enough for answers that wait on a timer, and always as many leave the count of threads in peace.
            connector.setProperty("maxThreads", "16");
            connector.setProperty("minSpareThreads", "16");
            // A burst of new connections is not to overflow the queue: a dropped packet is sent again after a second.
            connector.setProperty("acceptCount", "4096");
            connector.setProperty("maxKeepAliveRequests", "-1");
            // Longer than the client keeps an idle connection, or it would now and then pick one that we just closed.
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
