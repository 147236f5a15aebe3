package io.github.errgroup.sample.imports;

import org.springframework.test.context.ActiveProfiles;

/** On the PostgreSQL of {@code SAMPLE_POSTGRES_URL}, with {@code SAMPLE_POSTGRES_USER} and {@code _PASSWORD}. */
@RequiresPostgres
@ActiveProfiles("postgres")
class PostgresImportsTest extends ImportsTest {}
