package io.github.errgroup.sample.quotes;

import io.github.errgroup.ErrGroupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.client.RestClientResponseException;

/** Answers a quote that failed: 404, 502, 503 or 504. */
@RestControllerAdvice(assignableTypes = QuoteController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class QuoteAdvice {
    private static final Logger log = LoggerFactory.getLogger(QuoteAdvice.class);

    @ExceptionHandler
    ProblemDetail failed(ErrGroupException e) {
        return switch (e.reason()) {
            case FAILURE -> failed(String.valueOf(e.task()), e.getCause());
            case TIMEOUT -> problem(HttpStatus.GATEWAY_TIMEOUT, "Suppliers too slow", String.valueOf(e.getMessage()));
            // Somebody cancelled the group, as the stop of the application does.
            default ->
                problem(HttpStatus.SERVICE_UNAVAILABLE, "Cancelled", "the quote was cancelled before it was complete");
        };
    }

    private static ProblemDetail failed(String supplier, @Nullable Throwable first) {
        if (first instanceof UnknownSkuException) {
            return problem(HttpStatus.NOT_FOUND, "Unknown product", String.valueOf(first.getMessage()));
        }
        log.warn("no quote: supplier {} {}", supplier, what(first), first);
        ProblemDetail problem =
                problem(HttpStatus.BAD_GATEWAY, "Supplier failed", "supplier '" + supplier + "' " + what(first));
        problem.setProperty("supplier", supplier);
        return problem;
    }

    private static String what(@Nullable Throwable failure) {
        return failure instanceof RestClientResponseException answered
                ? "answered " + answered.getStatusCode().value()
                : "could not be asked";
    }

    private static ProblemDetail problem(HttpStatus status, String title, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setTitle(title);
        return problem;
    }
}
