package io.github.errgroup.spring.micrometer;

import io.github.errgroup.CancelReason;
import io.github.errgroup.GroupOutcome;
import io.github.errgroup.spring.micrometer.ErrGroupObservationDocumentation.HighCardinalityKeyNames;
import io.github.errgroup.spring.micrometer.ErrGroupObservationDocumentation.LowCardinalityKeyNames;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/** The names and tags of {@link ErrGroupObservationDocumentation}. */
public class DefaultErrGroupObservationConvention implements ErrGroupObservationConvention {
    /**
     * Not {@code errgroup.group}: Micrometer makes meters of an observation under its name, and those would collide with
     * the meters of groups.
     */
    static final String NAME = "errgroup.group.observation";

    /** The convention. */
    public DefaultErrGroupObservationConvention() {}

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public String getContextualName(ErrGroupObservationContext context) {
        return "errgroup " + context.getMeterName();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(ErrGroupObservationContext context) {
        GroupOutcome outcome = context.getOutcome();
        return KeyValues.of(
                LowCardinalityKeyNames.GROUP.withValue(context.getMeterName()),
                LowCardinalityKeyNames.OUTCOME.withValue(
                        outcome == null ? KeyValue.NONE_VALUE : TagValues.of(outcome)));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(ErrGroupObservationContext context) {
        CancelReason reason = context.getGroup().context().reason();
        KeyValues name = KeyValues.of(
                HighCardinalityKeyNames.GROUP_NAME.withValue(context.getGroup().name()));
        return reason == null ? name : name.and(HighCardinalityKeyNames.REASON.withValue(TagValues.of(reason)));
    }
}
