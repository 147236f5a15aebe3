package io.github.errgroup.sample.fetches;

import java.io.IOException;

/** An answer has a status of 400 or above, and the request says that this is a failure. */
final class ErrorStatusException extends IOException {
    private static final long serialVersionUID = 1L;

    ErrorStatusException(int status) {
        super("status " + status + ": must be below 400");
    }
}
