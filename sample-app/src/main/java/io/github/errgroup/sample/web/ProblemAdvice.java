package io.github.errgroup.sample.web;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;

/** Answers every refusal as problem+json. The advice of a single controller comes first. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, "body: " + rule(e));
        problem.setProperty("name", "body");
        problem.setProperty("rule", rule(e));
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    private static String rule(HttpMessageNotReadableException e) {
        if (e.getCause() instanceof JacksonException json) {
            // Only the location: the message would tell the caller about our classes.
            var at = json.getLocation();
            return "must be JSON of the documented form"
                    + (at == null ? "" : "; see line " + at.getLineNr() + ", column " + at.getColumnNr());
        }
        return "must not be empty: JSON of the documented form";
    }

    /** The thread of a request was interrupted, since the application stops. */
    @ExceptionHandler(InterruptedException.class)
    ProblemDetail interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "the application is stopping");
    }

    @ExceptionHandler(Exception.class)
    @Nullable
    ProblemDetail unexpected(Exception e, HttpServletResponse response) {
        if (response.isCommitted()) {
            // In the middle of a stream, whose reader has gone: nobody is left to be told.
            log.debug("the reader of a stream has gone", e);
            return null;
        }
        log.error("a request failed unexpectedly", e);
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "an unexpected error, which is in the log");
    }
}
