package io.github.errgroup.spring.micrometer;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.GroupOutcome;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/** What is known about an observed group. */
public class ErrGroupObservationContext extends Observation.Context {
    private final ErrGroup group;

    private final String meterName;

    private volatile @Nullable GroupOutcome outcome;

    /**
     * The context of a group that opens.
     *
     * @param group the group
     * @param meterName the name that the group is accounted under
     */
    public ErrGroupObservationContext(ErrGroup group, String meterName) {
        this.group = group;
        this.meterName = meterName;
    }

    /**
     * The group.
     *
     * @return the group, under the name it was opened with
     */
    public ErrGroup getGroup() {
        return group;
    }

    /**
     * The name that the group is accounted under, as its meters are.
     *
     * @return a configured name, or {@code default}; never user input, so fit for a tag
     */
    public String getMeterName() {
        return meterName;
    }

    /**
     * How the group ended.
     *
     * @return the outcome; null until the group has ended
     */
    public @Nullable GroupOutcome getOutcome() {
        return outcome;
    }

    void setOutcome(GroupOutcome outcome) {
        this.outcome = outcome;
    }
}
