package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.spring.ClusterLimit;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.ErrGroupSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * {@code /actuator/errgroups}: the settings, totals and live groups of each name, and what each unfinished task is
 * waiting for. Read-only, unless {@code management.endpoint.errgroups.access=unrestricted}: then a name's limits and
 * timeout can be retuned while its groups run.
 *
 * <p>Reading takes no lock that a group needs. It shows names of groups, tasks, threads and code, but neither arguments
 * nor messages of exceptions.
 */
@WebEndpoint(id = ErrGroupsEndpoint.ID, defaultAccess = Access.READ_ONLY)
public final class ErrGroupsEndpoint {
    static final String ID = "errgroups";

    /** The path variable's name. A key of that name in a body would replace it, so no key that anyone would write. */
    static final String SELECTOR = "groupName";

    private final ErrGroupRegistry registry;

    private final GroupTotals totals;

    /**
     * The endpoint.
     *
     * @param registry knows the names, their settings and live groups
     * @param totals knows their ended groups
     */
    public ErrGroupsEndpoint(ErrGroupRegistry registry, GroupTotals totals) {
        this.registry = registry;
        this.totals = totals;
    }

    /**
     * All names.
     *
     * @return a report of each known name, {@code default} first
     */
    @ReadOperation
    public ErrGroupsReport all() {
        Map<String, List<ErrGroup>> live = new LinkedHashMap<>();
        for (String name : registry.names()) {
            live.put(name, registry.live(name));
        }
        GroupTree tree =
                new GroupTree(live.values().stream().flatMap(List::stream).toList());
        Map<String, NameReport> reports = new LinkedHashMap<>();
        live.forEach((name, groups) -> reports.put(name, report(name, groups, tree)));
        return new ErrGroupsReport(reports);
    }

    /**
     * One name.
     *
     * @param groupName the name
     * @return its report; null, which is answered as 404, if the name is not known
     */
    @ReadOperation
    public @Nullable NameReport one(@Selector String groupName) {
        if (!registry.names().contains(groupName)) {
            return null;
        }
        List<ErrGroup> groups = registry.live(groupName);
        Set<ErrGroup> ofTheName = Set.copyOf(groups);
        List<ErrGroup> shown = new ArrayList<>(groups);
        for (ErrGroup group : registry.live()) {
            if (!ofTheName.contains(group) && GroupTree.isBelow(group, ofTheName)) {
                shown.add(group);
            }
        }
        return report(groupName, groups, new GroupTree(shown));
    }

    private NameReport report(String name, List<ErrGroup> groups, GroupTree tree) {
        return new NameReport(properties(name), totals.report(name, groups), tree.reportsOf(groups));
    }

    /**
     * Retunes the open and the coming groups of a name.
     *
     * @param groupName the name
     * @param requested {@code limit}, {@code shared-limit}, {@code cluster-limit} (over all instances) and {@code timeout}, at least
     *     one of them
     * @return the settings that hold now; 400 with the rule that a value breaks; 404 if the name is not known; 503 if
     *     Redis did not answer
     */
    @WriteOperation
    public WebEndpointResponse<Map<String, Object>> retune(@Selector String groupName, RequestedSettings requested) {
        try {
            requested.checkKeys();
            Integer limit = requested.limit();
            Integer sharedLimit = requested.sharedLimit();
            Integer clusterLimit = requested.clusterLimit();
            Duration timeout = requested.timeout();
            registry.override(groupName, limit, sharedLimit, clusterLimit, timeout);
            return new WebEndpointResponse<>(properties(groupName));
        } catch (IllegalArgumentException e) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, e);
        } catch (NoSuchElementException e) {
            return problem(WebEndpointResponse.STATUS_NOT_FOUND, e);
        } catch (IllegalStateException e) {
            return problem(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, e);
        }
    }

    /**
     * Drops what {@link #retune} changed.
     *
     * @param groupName the name
     * @return the settings that hold now; 404 if the name is not known; 503 if it has a cluster limit and Redis
     *     did not answer
     */
    @DeleteOperation
    public WebEndpointResponse<Map<String, Object>> drop(@Selector String groupName) {
        try {
            registry.dropOverride(groupName);
            return new WebEndpointResponse<>(properties(groupName));
        } catch (NoSuchElementException e) {
            return problem(WebEndpointResponse.STATUS_NOT_FOUND, e);
        } catch (IllegalStateException e) {
            return problem(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, e);
        }
    }

    /** By property names, so that what is read here can be written here, and found in the documentation. */
    private Map<String, Object> properties(String groupName) {
        ErrGroupSettings settings = registry.settings(groupName);
        Map<String, Object> properties = new LinkedHashMap<>();
        settings.values().forEach((name, value) -> {
            if (value != null) {
                properties.put(name, value instanceof Duration time ? time.toString() : value);
            }
        });
        List<String> overridden = new ArrayList<>(settings.overridden());
        ClusterLimit cluster = registry.clusterLimit(groupName);
        if (cluster != null) {
            Duration age = cluster.leaseAge();
            properties.put("cluster-limit", cluster.limit());
            properties.put("cluster-share", cluster.share());
            if (age != null) {
                properties.put("cluster-lease-age", age.toString());
            }
            if (cluster.overridden()) {
                overridden.add("cluster-limit");
            }
        }
        properties.put("overridden", List.copyOf(overridden));
        return properties;
    }

    private static WebEndpointResponse<Map<String, Object>> problem(int status, RuntimeException e) {
        return new WebEndpointResponse<>(Map.of("error", String.valueOf(e.getMessage())), status);
    }

    /**
     * What {@code GET /actuator/errgroups} answers.
     *
     * @param names a report of each known name
     */
    public record ErrGroupsReport(Map<String, NameReport> names) implements OperationResponseBody {}

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

    /**
     * Sums over the groups of one name since the application started.
     *
     * @param groups the groups
     * @param tasks the tasks of ended and of open groups
     */
    public record TotalsReport(GroupCounts groups, TaskCounts tasks) {}

    /**
     * Groups, by how they ended.
     *
     * @param open not ended yet
     * @param succeeded every task succeeded
     * @param failed a task failed
     * @param cancelled cancelled by something other than a failure or the deadline
     * @param timedOut the deadline passed first
     */
    public record GroupCounts(long open, long succeeded, long failed, long cancelled, long timedOut) {}
}
