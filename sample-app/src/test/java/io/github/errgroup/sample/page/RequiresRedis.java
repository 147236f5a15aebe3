package io.github.errgroup.sample.page;

import io.github.errgroup.sample.Requirement;

/** For tests of the profile {@code cluster}. */
final class RequiresRedis extends Requirement {
    RequiresRedis() {
        super("redis-server, on the PATH");
    }

    @Override
    protected boolean isMet() {
        return onThePath("redis-server").findAny().isPresent();
    }
}
