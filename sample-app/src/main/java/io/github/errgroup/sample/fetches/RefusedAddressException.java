package io.github.errgroup.sample.fetches;

import java.net.UnknownHostException;

/** A host's addresses are not all allowed. Does not tell which they are: an outsider is not to learn our network. */
public final class RefusedAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    /** What must be kept. */
    static final String RULE = "must resolve to public addresses only";

    RefusedAddressException(String host) {
        super("host '" + host + "': " + RULE);
    }
}
