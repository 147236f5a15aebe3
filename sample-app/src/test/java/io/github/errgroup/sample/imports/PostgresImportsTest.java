package io.github.errgroup.sample.imports;

import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.test.context.ActiveProfiles;

/** On the PostgreSQL of {@code SAMPLE_POSTGRES_URL}, with {@code SAMPLE_POSTGRES_USER} and {@code _PASSWORD}. */
@ExtendWith(RequiresPostgres.class)
@ActiveProfiles("postgres")
class PostgresImportsTest extends ImportsTest {}
