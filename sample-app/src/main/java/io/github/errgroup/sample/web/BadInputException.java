package io.github.errgroup.sample.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A value from outside breaks a rule. Answered as problem+json with {@code name}, {@code value} and {@code rule}. */
public final class BadInputException extends ErrorResponseException {
    private static final long serialVersionUID = 1L;

    /** How many characters of a value are sent back. */
    private static final int MAX_VALUE_LENGTH = 200;

    /**
     * A refusal with status 400.
     *
     * @param name what was given
     * @param value as it was given; long ones are cut
     * @param rule the rule it breaks: "must ..."
     */
    public BadInputException(String name, @Nullable Object value, String rule) {
        this(HttpStatus.BAD_REQUEST, name, value, rule);
    }

    BadInputException(HttpStatus status, String name, @Nullable Object value, String rule) {
        super(status, problem(status, name, value, rule), null);
    }

    /**
     * A refusal with status 404.
     *
     * @param name what was given
     * @param value as it was given
     * @param rule the rule it breaks
     * @return to be thrown
     */
    public static BadInputException notFound(String name, @Nullable Object value, String rule) {
        return new BadInputException(HttpStatus.NOT_FOUND, name, value, rule);
    }

    /**
     * A refusal with status 409.
     *
     * @param name what was given
     * @param value as it was given
     * @param rule the rule it breaks
     * @return to be thrown
     */
    public static BadInputException conflict(String name, @Nullable Object value, String rule) {
        return new BadInputException(HttpStatus.CONFLICT, name, value, rule);
    }

    /**
     * Checks that a number is in its range.
     *
     * @param name what was given
     * @param value as it was given
     * @param min the least that is allowed
     * @param max the most that is allowed
     * @throws BadInputException if it is not
     */
    public static void checkRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new BadInputException(name, value, "must be from " + min + " to " + max);
        }
    }

    private static ProblemDetail problem(HttpStatus status, String name, @Nullable Object value, String rule) {
        String shown = shorten(String.valueOf(value));
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, name + " '" + shown + "': " + rule);
        problem.setProperty("name", name);
        problem.setProperty("value", shown);
        problem.setProperty("rule", rule);
        return problem;
    }

    private static String shorten(String value) {
        return value.length() <= MAX_VALUE_LENGTH ? value : value.substring(0, MAX_VALUE_LENGTH) + "…";
    }
}
