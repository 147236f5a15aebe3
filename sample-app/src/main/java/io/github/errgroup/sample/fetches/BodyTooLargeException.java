package io.github.errgroup.sample.fetches;

import java.io.IOException;
import org.springframework.util.unit.DataSize;

/** A body is larger than we read. */
public final class BodyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    BodyTooLargeException(DataSize max) {
        super("body: must have at most " + max.toBytes() + " bytes");
    }
}
