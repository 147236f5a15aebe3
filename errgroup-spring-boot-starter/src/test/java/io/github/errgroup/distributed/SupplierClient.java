package io.github.errgroup.distributed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The {@link Supplier} as a member of the cluster sees it: in another JVM. */
final class SupplierClient {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private SupplierClient() {}

    static long find(String sku) throws IOException, InterruptedException, PriceUnavailable {
        HttpResponse<String> answer;
        try {
            answer = ask("asked", sku);
        } catch (InterruptedException e) {
            ask("interrupted", sku);
            throw e;
        }
        if (answer.statusCode() != 200) {
            throw new PriceUnavailable(sku);
        }
        return Long.parseLong(answer.body());
    }

    private static HttpResponse<String> ask(String what, String sku) throws IOException, InterruptedException {
        URI supplier = URI.create(System.getProperty(Supplier.URL) + "/" + what + "/" + sku + "?"
                + System.getProperty(ClusterMember.PORT));
        return HTTP.send(HttpRequest.newBuilder(supplier).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What a supplier says that has no price. */
    static final class PriceUnavailable extends Exception {
        private static final long serialVersionUID = 1L;

        PriceUnavailable(String sku) {
            super("no price of " + sku);
        }
    }
}
