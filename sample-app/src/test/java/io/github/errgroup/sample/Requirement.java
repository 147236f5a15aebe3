package io.github.errgroup.sample;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test that needs what is not here; but not in CI, where a skipped test would look like a passed one. */
public abstract class Requirement implements ExecutionCondition {
    private final String what;

    protected Requirement(String what) {
        this.what = what;
    }

    protected abstract boolean isMet();

    @Override
    public final ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (isMet()) {
            return ConditionEvaluationResult.enabled("here: " + what);
        }
        String message = context.getDisplayName() + " needs " + what;
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException(message + ", and must run where CI=true");
        }
        System.out.println("SKIPPED: " + message);
        return ConditionEvaluationResult.disabled(message);
    }

    /** The places on the PATH where a program of this name could be. */
    public static Stream<Path> onThePath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable);
    }
}
