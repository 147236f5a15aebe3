package io.github.errgroup.sample.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Checks every request, those to the actuator too.
 *
 * <p>This application has no login, and listens to this machine alone. But a browser on this machine also shows pages of
 * other sites, and they must not reach it. Therefore the host is checked (an attacker's DNS can lead a name to this machine),
 * the origin is checked, and no answer may be shown in a frame. A body that is read as a whole must not be too large.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10) // inside the observation of the request, before anything reads a body
final class RequestGuard extends OncePerRequestFilter {
    private final WebProperties properties;

    private final HandlerExceptionResolver resolver;

    RequestGuard(WebProperties properties, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver) {
        this.properties = properties;
        this.resolver = resolver;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
        response.setHeader("X-Content-Type-Options", "nosniff");
        BadInputException refusal = refusal(request);
        if (refusal == null) {
            chain.doFilter(request, response);
        } else {
            resolver.resolveException(request, response, null, refusal);
        }
    }

    private @Nullable BadInputException refusal(HttpServletRequest request) {
        String host = request.getServerName().toLowerCase(Locale.ROOT);
        if (!properties.allowedHosts().contains(host)) {
            return new BadInputException(
                    HttpStatus.FORBIDDEN,
                    HttpHeaders.HOST,
                    host,
                    "must be one of " + String.join(", ", new TreeSet<>(properties.allowedHosts()))
                            + ", which are sample.web.allowed-hosts");
        }
        if (CorsUtils.isCorsRequest(request)) {
            return new BadInputException(
                    HttpStatus.FORBIDDEN,
                    HttpHeaders.ORIGIN,
                    request.getHeader(HttpHeaders.ORIGIN),
                    "must be this application's own, or none");
        }
        if (isReadPieceByPiece(request)) {
            return null;
        }
        long length = request.getContentLengthLong();
        if (length > properties.maxBody().toBytes()) {
            return new BadInputException(
                    HttpStatus.CONTENT_TOO_LARGE,
                    HttpHeaders.CONTENT_LENGTH,
                    length,
                    "must be at most " + properties.maxBody().toBytes() + ", which is sample.web.max-body");
        }
        if (request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
            return new BadInputException(
                    HttpStatus.LENGTH_REQUIRED,
                    HttpHeaders.TRANSFER_ENCODING,
                    request.getHeader(HttpHeaders.TRANSFER_ENCODING),
                    "must not be there: a body that is not text/csv must have a Content-Length");
        }
        return null;
    }

    private static boolean isReadPieceByPiece(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/csv");
    }
}
