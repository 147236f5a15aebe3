package io.github.errgroup.sample.operations;

import io.github.errgroup.sample.Requirement;
import java.util.stream.Stream;

/** For tests that run commands. */
final class RequiresCurl extends Requirement {
    RequiresCurl() {
        super("bash and curl, on the PATH");
    }

    @Override
    protected boolean isMet() {
        return Stream.of("bash", "curl")
                .allMatch(tool -> onThePath(tool).findAny().isPresent());
    }
}
