package io.github.errgroup.sample.fetches;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves a name, and refuses it unless all of its addresses are allowed. The client connects to the addresses that this
 * returned, and does not resolve the name again. So it does not help an attacker to change the address after the check.
 */
final class CheckedDnsResolver implements DnsResolver {
    private final DnsResolver resolver;

    private final AddressPolicy policy;

    CheckedDnsResolver(DnsResolver resolver, AddressPolicy policy) {
        this.resolver = resolver;
        this.policy = policy;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = resolver.resolve(host);
        for (InetAddress address : addresses) {
            if (!policy.allows(address)) {
                throw new RefusedAddressException(host);
            }
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return resolver.resolveCanonicalHostname(host);
    }
}
