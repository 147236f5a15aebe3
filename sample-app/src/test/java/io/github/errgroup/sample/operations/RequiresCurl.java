package io.github.errgroup.sample.operations;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips the test where there is no bash or curl; but not in CI, where a skipped test would look like a passed one. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresCurl.Condition.class)
@interface RequiresCurl {
    /** Looks for what is installed. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            List<String> missing =
                    Stream.of("bash", "curl").filter(tool -> !isOnThePath(tool)).toList();
            if (missing.isEmpty()) {
                return ConditionEvaluationResult.enabled("bash and curl are installed");
            }
            if ("true".equals(System.getenv("CI"))) {
                throw new IllegalStateException(
                        "the README's commands must run where CI=true; not on the PATH: " + missing);
            }
            System.out.println("SKIPPED: the README's commands; not on the PATH: " + missing);
            return ConditionEvaluationResult.disabled("not on the PATH: " + missing);
        }

        private static boolean isOnThePath(String tool) {
            String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
            return Stream.of(path.split(Pattern.quote(File.pathSeparator)))
                    .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
        }
    }
}
