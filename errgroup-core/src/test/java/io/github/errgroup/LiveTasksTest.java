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
    void J9_who_was_told_a_seat_and_did_not_get_it_clears_nobody_elses() {
        GroupState live = new GroupState(ErrGroupOptions.NO_LIMIT, 0) {};
        try (ErrGroup group = ErrGroup.open()) {
            TaskRun<Integer> quicker =
                    new TaskRun<>((GroupEngine) group.context(), "quicker", (ThrowingRunnable) () -> {});
            quicker.index(0);
            Slower slower = new Slower(live, quicker);
            assertThatThrownBy(() -> live.addLive(slower, 0)).isInstanceOf(StackOverflowError.class);
            slower.leave();
            List<TaskRun<?>> seen = new ArrayList<>();
            LiveTasks.forEach(live.live(), seen::add);
            assertThat(seen).containsExactly(quicker);
            quicker.leave();
            assertThat(LiveTasks.findReady(live.live())).isNull();
        }
    }

    private static final class Slower implements LiveTasks.Seat {
        private final GroupState live;

        private final TaskRun<?> quicker;

        private LiveTasks.Seat @Nullable [] row;

        private int offset;

        Slower(GroupState live, TaskRun<?> quicker) {
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
            live.addLive(quicker, 0);
        }

        void leave() {
            if (row != null) {
                LiveTasks.remove(row, offset, this);
            }
        }
    }
}
