package io.github.errgroup.spring.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observation of groups, and its tags. */
public enum ErrGroupObservationDocumentation implements ObservationDocumentation {
    /** A group, from its opening to its end. */
    GROUP {
        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return DefaultErrGroupObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return LowCardinalityKeyNames.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return HighCardinalityKeyNames.values();
        }
    };

    /** Tags of meters and traces. */
    public enum LowCardinalityKeyNames implements KeyName {
        /** The name that the group is accounted under. */
        GROUP {
            @Override
            public String asString() {
                return "group";
            }
        },
        /** How the group ended: success, failure, cancelled, timeout; none while it is open. */
        OUTCOME {
            @Override
            public String asString() {
                return "outcome";
            }
        }
    }

    /** Tags of traces alone. */
    public enum HighCardinalityKeyNames implements KeyName {
        /** The name that the group was opened with. */
        GROUP_NAME {
            @Override
            public String asString() {
                return "group.name";
            }
        },
        /** What cancelled the group; absent where nothing did. */
        REASON {
            @Override
            public boolean isRequired() {
                return false;
            }

            @Override
            public String asString() {
                return "reason";
            }
        }
    }
}
