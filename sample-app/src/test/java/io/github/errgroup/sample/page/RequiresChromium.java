package io.github.errgroup.sample.page;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips the test where there is no Chromium; but not in CI, where a skipped test would look like a passed one. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresChromium.Condition.class)
@interface RequiresChromium {
    /** Looks for what is installed. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (Chromium.isInstalled()) {
                return ConditionEvaluationResult.enabled("Chromium and its driver are installed");
            }
            String missing = "neither on the PATH nor named by CHROMIUM and CHROMEDRIVER: chromium, chromedriver";
            if ("true".equals(System.getenv("CI"))) {
                throw new IllegalStateException("the browser tests must run where CI=true; " + missing);
            }
            System.out.println("SKIPPED: the browser tests; " + missing);
            return ConditionEvaluationResult.disabled(missing);
        }
    }
}
