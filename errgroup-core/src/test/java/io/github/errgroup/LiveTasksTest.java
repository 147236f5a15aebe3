package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LiveTasksTest {
    /** A task is told its seat before it has it: another may take the seat, and then an Error may end the search. */
    @Test
    void J9_a_task_that_was_told_a_seat_and_did_not_get_it_clears_nobody_elses() {
        try (ErrGroup group = ErrGroup.open()) {
            GroupEngine live = (GroupEngine) group.context();
            TaskRun<Integer> quicker = new TaskRun<>(live, "quicker", (ThrowingRunnable) () -> {});
            quicker.index(0);
            Slower slower = new Slower(live, quicker);
            assertThatThrownBy(() -> live.seat(slower, 0)).isInstanceOf(StackOverflowError.class);
            slower.leave();
            assertThat(seen(live)).containsExactly(quicker);
            quicker.leave();
            assertThat(LiveTasks.findReady(live.live())).isNull();
        }
    }

    /** Four seats, then eight, sixteen and so on: a hundred tasks sit in five rows. */
    @Test
    void J2_J14_tasks_in_every_row_are_seen_and_the_seats_they_leave_are_taken_again() {
        try (ErrGroup group = ErrGroup.open()) {
            GroupEngine live = (GroupEngine) group.context();
            List<TaskRun<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                TaskRun<Integer> task = new TaskRun<>(live, null, (ThrowingRunnable) () -> {});
                task.index(i);
                live.seat(task, i);
                tasks.add(task);
            }
            assertThat(seen(live)).containsExactlyInAnyOrderElementsOf(tasks);
            LiveTasks.Seat[] newest = live.live();
            tasks.forEach(TaskRun::leave);
            assertThat(seen(live)).isEmpty();
            tasks.subList(0, 60).forEach(task -> live.seat(task, (int) task.index()));
            assertThat(seen(live)).containsExactlyInAnyOrderElementsOf(tasks.subList(0, 60));
            assertThat(live.live()).isSameAs(newest);
        }
    }

    private static List<TaskRun<?>> seen(GroupEngine live) {
        List<TaskRun<?>> seen = new ArrayList<>();
        LiveTasks.forEach(live.live(), seen::add);
        return seen;
    }

    private static final class Slower implements LiveTasks.Seat {
        private final GroupEngine live;

        private final TaskRun<?> quicker;

        private LiveTasks.Seat @Nullable [] row;

        private int offset;

        Slower(GroupEngine live, TaskRun<?> quicker) {
            this.live = live;
            this.quicker = quicker;
        }

        @Override
        public @Nullable TaskRun<?> occupant() {
            return null;
        }

        @Override
        public void seat(LiveTasks.Seat[] row, int offset) {
            if (this.row != null) {
                throw new StackOverflowError("injected");
            }
            this.row = row;
            this.offset = offset;
            live.seat(quicker, 0);
        }

        void leave() {
            if (row != null) {
                LiveTasks.remove(row, offset, this);
            }
        }
    }
}
