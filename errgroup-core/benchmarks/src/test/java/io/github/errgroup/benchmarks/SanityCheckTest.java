package io.github.errgroup.benchmarks;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.errgroup.benchmarks.rivals.ByHand;
import io.github.errgroup.benchmarks.rivals.Feature;
import io.github.errgroup.benchmarks.rivals.IndexedFunction;
import io.github.errgroup.benchmarks.rivals.Rival;
import io.github.errgroup.benchmarks.rivals.Rivals;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SanityCheckTest {
    static Stream<String> everyRival() {
        return Rivals.all().stream().map(Rival::id);
    }

    @ParameterizedTest
    @MethodSource("everyRival")
    void every_rival_does_the_work_it_is_timed_for(String id) throws Exception {
        SanityCheck.check(Rivals.named(id));
    }

    /** Rivals with one fault each, which must be found. */
    @Nested
    class A_rival_is_found_that {
        private final Rival sane = new ByHand();

        @Test
        void drops_a_task() {
            found("tasks had ended", new Faulty() {
                @Override
                public void all(int tasks, Callable<Boolean> task) throws Exception {
                    sane.all(tasks - 1, task);
                }
            });
        }

        @Test
        void returns_before_its_tasks_have_ended() {
            found("tasks had ended", new Faulty() {
                @Override
                public void all(int tasks, Callable<Boolean> task) {
                    Thread.startVirtualThread(() -> {
                        try {
                            sane.all(tasks, task);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
                }
            });
        }

        @Test
        void swallows_the_failure() {
            found("must make the call throw", new Faulty() {
                @Override
                public void all(int tasks, Callable<Boolean> task) throws Exception {
                    sane.all(tasks, () -> {
                        try {
                            return task.call();
                        } catch (Exception swallowed) {
                            return false;
                        }
                    });
                }
            });
        }

        @Test
        void swallows_the_failure_and_runs_nothing_without_a_limit() {
            found("must make the call throw", new Faulty() {
                @Override
                public Set<Feature> features() {
                    return EnumSet.of(Feature.SMALL_LIMIT);
                }

                @Override
                public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
                    sane.limited(tasks, limit, () -> {
                        try {
                            return task.call();
                        } catch (Exception swallowed) {
                            return false;
                        }
                    });
                }
            });
        }

        @Test
        void keeps_no_limit() {
            found("ran at once; must be at most", new Faulty() {
                @Override
                public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
                    sane.all(tasks, task);
                }
            });
        }

        @Test
        void runs_one_task_after_the_other() {
            found("ran one by one", new Faulty() {
                @Override
                public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
                    for (int i = 0; i < tasks; i++) {
                        task.call();
                    }
                }
            });
        }

        @Test
        void mixes_up_the_order() {
            found("in order", new Faulty() {
                @Override
                public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
                    return sane.map(items, function).reversed();
                }
            });
        }

        private void found(String message, Rival faulty) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> SanityCheck.check(faulty))
                    .havingRootCause()
                    .withMessageContaining(message);
        }

        private abstract class Faulty implements Rival {
            @Override
            public String id() {
                return "faulty";
            }

            @Override
            public String title() {
                return "faulty";
            }

            @Override
            public Set<Feature> features() {
                return EnumSet.of(Feature.LIMIT, Feature.MAP, Feature.BLOCKING);
            }

            @Override
            public void all(int tasks, Callable<Boolean> task) throws Exception {
                sane.all(tasks, task);
            }

            @Override
            public void limited(int tasks, int limit, Callable<Boolean> task) throws Exception {
                sane.limited(tasks, limit, task);
            }

            @Override
            public <T> List<T> map(int items, IndexedFunction<T> function) throws Exception {
                return sane.map(items, function);
            }
        }
    }
}
