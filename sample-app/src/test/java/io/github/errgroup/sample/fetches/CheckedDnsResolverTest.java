package io.github.errgroup.sample.fetches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.errgroup.ErrGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class CheckedDnsResolverTest {
    private final List<String> asked = new ArrayList<>();

    @Test
    void a_name_with_one_private_address_among_public_ones_is_refused() {
        CheckedDnsResolver resolver = new CheckedDnsResolver(names("93.184.216.34", "10.0.0.1"), new PublicAddresses());

        assertThatThrownBy(() -> resolver.resolve("mixed.example"))
                .isInstanceOf(RefusedAddressException.class)
                .hasMessage("host 'mixed.example': must resolve to public addresses only");
    }

    @Test
    void a_name_is_resolved_once_so_that_it_cannot_change_between_check_and_connection() throws IOException {
        FetchProperties properties =
                new FetchProperties(false, DataSize.ofKilobytes(1), Duration.ofMillis(300), Duration.ofMillis(300));
        // Loopback is allowed here, and nobody listens at this port: the fetch gets as far as the connection.
        try (WebFetcher fetcher = new WebFetcher(properties, names("127.0.0.1"), address -> true);
                ErrGroup group = ErrGroup.open()) {
            assertThatThrownBy(() -> fetcher.fetch(URI.create("http://rebinding.example:1/"), group.context()))
                    .isInstanceOf(IOException.class);
        }

        assertThat(asked).containsExactly("rebinding.example");
    }

    private DnsResolver names(String... addresses) {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                asked.add(host);
                InetAddress[] resolved = new InetAddress[addresses.length];
                for (int i = 0; i < addresses.length; i++) {
                    resolved[i] = InetAddress.getByName(addresses[i]);
                }
                return resolved;
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }
}
