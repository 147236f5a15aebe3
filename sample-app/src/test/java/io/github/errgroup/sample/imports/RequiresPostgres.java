package io.github.errgroup.sample.imports;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips the test where there is no PostgreSQL; but not in CI, where a skipped test would look like a passed one. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresPostgres.Condition.class)
@interface RequiresPostgres {
    /** Looks at the environment. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (System.getenv("SAMPLE_POSTGRES_URL") != null) {
                return ConditionEvaluationResult.enabled("SAMPLE_POSTGRES_URL is set");
            }
            if ("true".equals(System.getenv("CI"))) {
                throw new IllegalStateException("SAMPLE_POSTGRES_URL: must be set where CI=true");
            }
            System.out.println("SKIPPED: PostgresImportsTest, because SAMPLE_POSTGRES_URL is not set");
            return ConditionEvaluationResult.disabled("SAMPLE_POSTGRES_URL is not set");
        }
    }
}
