package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.CancelReason;
import io.github.errgroup.GroupSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open group, as it was a moment ago.
 *
 * @param name the name it was opened with
 * @param phase OPEN, or CANCELLED and not yet awaited
 * @param age how long ago it was opened, as in {@code PT1.5S}
 * @param openedAt the code that opened it, innermost frame first; null unless {@code errgroup.leak.capture-opener} is on
 * @param limit how many of its tasks may run at once; -1 for no limit
 * @param remaining the time left until its deadline; null where there is none
 * @param reason what cancelled it; null if nothing did
 * @param counts its tasks so far
 * @param tasks those that have not ended, at most 1,000
 * @param groups the open groups that were opened in its tasks, oldest first
 */
public record GroupReport(
        String name,
        GroupSnapshot.Phase phase,
        String age,
        @Nullable List<String> openedAt,
        int limit,
        @Nullable String remaining,
        @Nullable CancelReason reason,
        TaskCounts counts,
        List<TaskReport> tasks,
        List<GroupReport> groups) {

    static GroupReport of(GroupSnapshot group, List<TaskReport> tasks, List<GroupReport> groups) {
        return new GroupReport(
                group.name(),
                group.phase(),
                group.age().toString(),
                TaskReport.lines(group.openedAt()),
                group.limit(),
                TaskReport.text(group.remaining()),
                group.reason(),
                TaskCounts.of(group),
                tasks,
                groups);
    }
}
