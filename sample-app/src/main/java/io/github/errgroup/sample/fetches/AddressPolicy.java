package io.github.errgroup.sample.fetches;

import java.net.InetAddress;

/** Which addresses may be connected to. Thread-safe. */
@FunctionalInterface
public interface AddressPolicy {
    /**
     * Decides on one address.
     *
     * @param address what a host's name was resolved to, or was given in its place
     * @return whether it may be connected to
     */
    boolean allows(InetAddress address);
}
