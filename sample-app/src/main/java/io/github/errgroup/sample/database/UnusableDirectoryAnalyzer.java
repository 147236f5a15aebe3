package io.github.errgroup.sample.database;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports it at start-up in a few lines, without a stack trace. */
final class UnusableDirectoryAnalyzer extends AbstractFailureAnalyzer<UnusableDirectoryException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnusableDirectoryException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Start it with --sample.data-directory=<a directory of your own>, or without that for a new one.",
                cause);
    }
}
