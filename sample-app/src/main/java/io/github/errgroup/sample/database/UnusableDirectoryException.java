package io.github.errgroup.sample.database;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The directory of the embedded database cannot be used. */
final class UnusableDirectoryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * A rule is broken.
     *
     * @param path which directory; null for the system's temporary one
     * @param rule "must ..."
     * @param cause what failed, or null
     */
    UnusableDirectoryException(@Nullable Path path, String rule, @Nullable Throwable cause) {
        super(
                (path == null ? "the system's temporary directory" : "sample.data-directory '" + path + "'") + ": "
                        + rule,
                cause);
    }
}
