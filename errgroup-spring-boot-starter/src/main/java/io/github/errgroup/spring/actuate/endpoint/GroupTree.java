package io.github.errgroup.spring.actuate.endpoint;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.GroupSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Open groups, each below the one in whose task it was opened. The oldest come first everywhere, since a
 * reader looks for what is stuck. For one answer, in one thread; takes no lock that a group needs.
 */
final class GroupTree {
    /** The most groups in one answer. Those left out are the youngest; the totals count them. */
    static final int MAX_GROUPS = 1_000;

    /** The most stacks in one answer. */
    static final int MAX_STACKS = 100;

    /** The most levels of groups in groups; what is below is left out. Well below what JSON libraries can write. */
    static final int MAX_LEVELS = 50;

    /** Oldest first. */
    private final List<Node> nodes = new ArrayList<>();

    /** By parent, oldest first. */
    private final Map<ErrGroup, List<Node>> children = new HashMap<>();

    /** A group that was open a moment ago. */
    private record Node(ErrGroup group, GroupSnapshot snapshot, List<TaskReport> tasks) {}

    /**
     * Looks at every group.
     *
     * @param live the groups; those that have ended meanwhile are left out
     */
    GroupTree(Collection<ErrGroup> live) {
        TaskStacks stacks = new TaskStacks(MAX_STACKS);
        live.stream()
                .map(group -> new Node(group, group.snapshot(), List.of()))
                .filter(node -> isOpen(node.snapshot()))
                .sorted(Comparator.comparing((Node node) -> node.snapshot().age())
                        .reversed())
                .limit(MAX_GROUPS)
                .forEachOrdered(node ->
                        add(new Node(node.group(), node.snapshot(), stacks.reportsOf(node.group(), node.snapshot()))));
    }

    private static boolean isOpen(GroupSnapshot group) {
        return group.phase() == GroupSnapshot.Phase.OPEN || group.phase() == GroupSnapshot.Phase.CANCELLED;
    }

    private void add(Node node) {
        nodes.add(node);
        ErrGroup parent = FrameworkAccess.parentOf(node.group());
        if (parent != null) {
            children.computeIfAbsent(parent, unused -> new ArrayList<>()).add(node);
        }
    }

    /**
     * Some groups with all that were opened in their tasks. One that was opened, at whatever depth, in a task of
     * another of them is found below that one and nowhere else.
     */
    List<GroupReport> reportsOf(Collection<ErrGroup> some) {
        Set<ErrGroup> wanted = Set.copyOf(some);
        List<GroupReport> reports = new ArrayList<>();
        for (Node node : nodes) {
            if (wanted.contains(node.group()) && !isBelow(node.group(), wanted)) {
                reports.add(report(node, 1));
            }
        }
        return reports;
    }

    static boolean isBelow(ErrGroup group, Set<ErrGroup> others) {
        @Nullable ErrGroup ancestor = FrameworkAccess.parentOf(group);
        while (ancestor != null && !others.contains(ancestor)) {
            ancestor = FrameworkAccess.parentOf(ancestor);
        }
        return ancestor != null;
    }

    private GroupReport report(Node node, int level) {
        List<GroupReport> below = new ArrayList<>();
        if (level < MAX_LEVELS) {
            for (Node child : children.getOrDefault(node.group(), List.of())) {
                below.add(report(child, level + 1));
            }
        }
        return GroupReport.of(node.snapshot(), node.tasks(), below);
    }
}
