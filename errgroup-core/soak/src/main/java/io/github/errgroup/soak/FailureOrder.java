package io.github.errgroup.soak;

import io.github.errgroup.GroupListener;
import io.github.errgroup.Subtask;

/** Notes when the end of a failed task was told: by then its failure had been recorded (J11). */
final class FailureOrder implements GroupListener {
    @Override
    public void onTaskEnd(Subtask<?> task, long nanos) {
        if (task.state() == Subtask.State.FAILED && task.exception() instanceof Planted planted) {
            planted.ledger().failureRecorded();
        }
    }
}
