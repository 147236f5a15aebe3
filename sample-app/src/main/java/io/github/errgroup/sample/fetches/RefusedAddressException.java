package io.github.errgroup.sample.fetches;

import java.net.UnknownHostException;

/** Not all addresses of a host are allowed. The message does not name them: an outsider must not learn our network. */
public final class RefusedAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    /** The rule that is broken. */
    static final String RULE = "must resolve to public addresses only";

    RefusedAddressException(String host) {
        super("host '" + host + "': " + RULE);
    }
}
