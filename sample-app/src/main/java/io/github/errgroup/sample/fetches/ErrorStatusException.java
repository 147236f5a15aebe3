package io.github.errgroup.sample.fetches;

import java.io.IOException;

/** An answer has a status that the request says is a failure. */
final class ErrorStatusException extends IOException {
    private static final long serialVersionUID = 1L;

    ErrorStatusException(int status) {
        super("status " + status + ": must be below 400");
    }
}
