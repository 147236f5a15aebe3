package io.github.errgroup.spring.actuate.endpoint;

import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The groups of one name; what {@code GET /actuator/errgroups/{name}} answers.
 *
 * @param settings what holds for them now, by property name, durations as in {@code PT2S}; {@code overridden} lists what
 *     was changed through this endpoint
 * @param totals their groups and tasks since the application started
 * @param live the open ones, oldest first; a group that was opened in a task of another one of the list is found below
 *     that one
 */
public record NameReport(Map<String, Object> settings, TotalsReport totals, List<GroupReport> live)
        implements OperationResponseBody {}
