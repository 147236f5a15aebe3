package io.github.errgroup.spring.actuate.endpoint;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What {@code GET /actuator/errgroups} answers.
 *
 * @param names a report of each known name
 */
public record ErrGroupsReport(Map<String, NameReport> names) implements OperationResponseBody {}
