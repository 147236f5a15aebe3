package io.github.errgroup.sample.imports;

import io.github.errgroup.sample.Requirement;

/** For tests on PostgreSQL. */
final class RequiresPostgres extends Requirement {
    RequiresPostgres() {
        super("a PostgreSQL, named by SAMPLE_POSTGRES_URL");
    }

    @Override
    protected boolean isMet() {
        return System.getenv("SAMPLE_POSTGRES_URL") != null;
    }
}
