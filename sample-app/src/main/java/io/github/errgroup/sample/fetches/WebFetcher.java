package io.github.errgroup.sample.fetches;

import io.github.errgroup.GroupContext;
import io.github.errgroup.Registration;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.util.Timeout;
import org.springframework.util.unit.DataSize;

/**
 * Fetches one URL. It follows no redirect, sends no cookies and no credentials, and does not unpack bodies, since a small
 * one could become huge. Thread-safe.
 */
public final class WebFetcher implements AutoCloseable {
    /** More than all groups together run: the groups set the limit, and not the pool of connections. */
    private static final int MAX_CONNECTIONS = 10_000;

    private final CloseableHttpClient http;

    private final DataSize maxBody;

    /**
     * A fetcher.
     *
     * @param properties the time and size it allows
     * @param resolver resolves names
     * @param policy which of their addresses may be connected to
     */
    public WebFetcher(FetchProperties properties, DnsResolver resolver, AddressPolicy policy) {
        this.maxBody = properties.maxBody();
        this.http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new CheckedDnsResolver(resolver, policy))
                        .setMaxConnTotal(MAX_CONNECTIONS)
                        .setMaxConnPerRoute(MAX_CONNECTIONS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(millis(properties.connectTimeout()))
                                .setSocketTimeout(
                                        (int) properties.responseTimeout().toMillis(), TimeUnit.MILLISECONDS)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setRedirectsEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .setResponseTimeout(millis(properties.responseTimeout()))
                        .build())
                // Most fetches are of different hosts: an idle connection would only hold a file descriptor.
                .setConnectionReuseStrategy((request, response, context) -> false)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("errgroup-sample")
                .build();
    }

    private static Timeout millis(Duration duration) {
        return Timeout.of(duration);
    }

    /**
     * Fetches. Blocks until the last byte of the body. When the group is cancelled, a hook closes the connection: the thread
     * blocks in a read of the socket, where a platform thread does not notice an interrupt.
     *
     * @param url http or https
     * @param context of the group whose task this is
     * @return status, size and time, whatever the status
     * @throws RefusedAddressException if the host's address is not allowed
     * @throws BodyTooLargeException if the body is larger than allowed
     * @throws IOException if there was no answer, or the group was cancelled
     */
    public Fetched fetch(URI url, GroupContext context) throws IOException {
        long start = System.nanoTime();
        HttpGet request = new HttpGet(url);
        Registration hook = context.addCancellationHook(request::cancel);
        try {
            return http.execute(request, response -> {
                long bytes = size(request, response);
                return new Fetched(response.getCode(), bytes, Duration.ofNanos(System.nanoTime() - start));
            });
        } finally {
            hook.close();
        }
    }

    private long size(HttpGet request, ClassicHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return 0;
        }
        InputStream body = entity.getContent();
        byte[] buffer = new byte[8 * 1024];
        long bytes = 0;
        for (int read = body.read(buffer); read != -1; read = body.read(buffer)) {
            bytes += read;
            if (bytes > maxBody.toBytes()) {
                // The client must not read the rest, as it would do to keep the connection.
                request.cancel();
                throw new BodyTooLargeException(maxBody);
            }
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
