package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The most tasks that a group can have: more than a test can submit, so its word is set to it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GroupStateTest {
    /** A group with so many tasks that have not ended. */
    private static final class Counted extends GroupState {
        Counted(int outstanding) {
            super(-1, (long) outstanding << 4);
        }

        @Override
        public String toString() {
            return "group 'counted'";
        }
    }

    @Test
    void J3_a_task_above_the_most_a_group_can_have_is_refused_and_not_counted() {
        Counted full = new Counted(GroupState.MAX_OUTSTANDING);

        assertThatIllegalStateException()
                .isThrownBy(full::admitAnyway)
                .withMessage("group 'counted' has " + GroupState.MAX_OUTSTANDING + " outstanding tasks, the most a"
                        + " group can have; set a limit, or submit from outside the group");

        assertThat(full.outstanding()).isEqualTo(GroupState.MAX_OUTSTANDING);
        assertThat(full.admitted() - full.withdrawn()).isZero();
    }

    @Test
    void J3_the_last_task_that_a_group_can_have_is_admitted() {
        Counted almostFull = new Counted(GroupState.MAX_OUTSTANDING - 1);

        assertThat(almostFull.admitAnyway()).isZero();

        assertThat(almostFull.outstanding()).isEqualTo(GroupState.MAX_OUTSTANDING);
        assertThat(almostFull.withdrawn()).isZero();
    }
}
