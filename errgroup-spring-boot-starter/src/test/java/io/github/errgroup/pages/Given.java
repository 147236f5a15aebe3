package io.github.errgroup.pages;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.ErrGroups;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.springframework.transaction.support.TransactionTemplate;

/** What the pages speak of without saying where it comes from: a shop that makes quotes from prices and stocks. */
@SuppressWarnings("NullAway") // nothing here is ever run
final class Given {
    static String sku = "A-1";

    static List<String> skus = List.of(sku);

    static List<URI> pages = List.of();

    static List<URI> mirrors = List.of();

    static List<String> index = new ArrayList<>();

    static List<Path> files = List.of();

    static List<Long> table = new ArrayList<>();

    static Prices prices;

    static List<Prices> replicas = List.of();

    static Stocks stocks;

    static Audit audit;

    static ErrGroups groups;

    static ErrGroup group;

    static ErrGroupOptions options;

    static Executor executor;

    static HttpClient http;

    static HttpRequest request;

    static List<HttpRequest> requests = List.of();

    static DataSource dataSource;

    static TransactionTemplate transaction;

    static Logger log;

    /** A ScopedValue, which Java 17 does not know. */
    static Object USER;

    private Given() {}

    /** What a customer sees. */
    record Quote(String sku, long cents, int inStock) {}

    /** Finds prices. */
    interface Prices {
        long find(String sku) throws IOException, InterruptedException;
    }

    /** Finds stocks. */
    interface Stocks {
        int find(String sku) throws IOException, InterruptedException;
    }

    /** Writes down who asked for what. */
    interface Audit {
        void write(String sku) throws IOException, InterruptedException;
    }

    static String fetch(URI page) throws IOException, InterruptedException {
        throw new IOException(page.toString());
    }

    static void close(AutoCloseable what) {
        throw new IllegalStateException(what.toString());
    }

    static void cancel(Statement statement) {
        throw new IllegalStateException(statement.toString());
    }

    static void save(List<String> batch) {
        throw new IllegalStateException(batch.toString());
    }

    /** What a supplier says that has no price. */
    static class PriceUnavailable extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
