package io.github.errgroup.spring.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.errgroup.ContextPropagator;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroupOptions;
import io.github.errgroup.spring.micrometer.ErrGroupObservationDocumentation.HighCardinalityKeyNames;
import io.github.errgroup.spring.micrometer.ErrGroupObservationDocumentation.LowCardinalityKeyNames;
import io.micrometer.common.KeyValue;
import io.micrometer.common.docs.KeyName;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.web.client.RestClient;

@Timeout(30)
class GroupObservationsTest {
    private final SimpleTracer tracer = new SimpleTracer();

    private final ObservationRegistry registry = ObservationRegistry.create();

    private final ErrGroupOptions options = ErrGroupOptions.builder()
            .name("quote")
            .listener(new GroupObservations(registry, null, "quote"))
            .build();

    @Nested
    class With_a_tracer {
        With_a_tracer() {
            registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
        }

        @Test
        void a_trace_shows_the_group_below_the_request_and_the_calls_of_its_tasks_below_the_group() throws Exception {
            HttpServer supplier = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            supplier.createContext("/", exchange -> {
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            supplier.start();
            RestClient client = RestClient.builder()
                    .baseUrl("http://localhost:" + supplier.getAddress().getPort())
                    .observationRegistry(registry)
                    .build();
            try {
                observe("request", () -> {
                    try (ErrGroup group = ErrGroup.open(options)) {
                        for (String path : List.of("/price", "/stock", "/reviews")) {
                            group.go(() -> client.get().uri(path).retrieve().toBodilessEntity());
                        }
                        group.await();
                    }
                });
            } finally {
                supplier.stop(0);
            }

            SimpleSpan request = span("request");
            SimpleSpan fanOut = span("errgroup quote");
            assertThat(fanOut.context().parentId()).isEqualTo(request.context().spanId());
            assertThat(fanOut.getTags())
                    .containsEntry("group", "quote")
                    .containsEntry("group.name", "quote")
                    .containsEntry("outcome", "success");
            assertThat(tracer.getSpans())
                    .filteredOn(span -> "http get".equals(span.getName()))
                    .hasSize(3)
                    .allSatisfy(call -> assertThat(call.context().parentId())
                            .isEqualTo(fanOut.context().spanId()));
            assertThat(tracer.getSpans())
                    .allSatisfy(span -> assertThat(span.getEndTimestamp()).isAfter(span.getStartTimestamp()));
        }

        @Test
        void a_group_opened_in_a_task_is_below_the_group_of_that_task() throws Exception {
            observe("request", () -> {
                try (ErrGroup outer = ErrGroup.open(options)) {
                    outer.go(() -> {
                        try (ErrGroup inner =
                                ErrGroup.open(options.toBuilder().name("inner").build())) {
                            inner.go(() -> 1);
                            inner.await();
                        }
                    });
                    outer.await();
                }
            });

            SimpleSpan outer = spanOfGroup("quote");
            SimpleSpan inner = spanOfGroup("inner");
            assertThat(inner.context().parentId()).isEqualTo(outer.context().spanId());
            assertThat(outer.context().parentId())
                    .isEqualTo(span("request").context().spanId());
        }

        @Test
        void a_failure_is_the_error_of_the_span() throws Exception {
            IOException down = new IOException("supplier down");
            observe("request", () -> {
                try (ErrGroup group = ErrGroup.open(options)) {
                    group.go(() -> {
                        throw down;
                    });
                    assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
                }
            });

            SimpleSpan fanOut = span("errgroup quote");
            assertThat(fanOut.getError()).isSameAs(down);
            assertThat(fanOut.getTags()).containsEntry("outcome", "failure").containsEntry("reason", "failure");
        }

        @Test
        void a_context_that_carries_the_callers_observation_does_not_hide_the_groups() throws Exception {
            ContextSnapshotFactory contexts = ContextSnapshotFactory.builder()
                    .contextRegistry(new ContextRegistry()
                            .registerThreadLocalAccessor(new ObservationThreadLocalAccessor(registry)))
                    .build();
            ContextPropagator propagator = () -> {
                ContextSnapshot captured = contexts.captureAll();
                return () -> captured.setThreadLocals()::close;
            };
            observe("request", () -> {
                Observation request = registry.getCurrentObservation();
                try (ErrGroup group = ErrGroup.open(options.toBuilder()
                        .contextPropagator(propagator)
                        .limit(1)
                        .cancelOnError(false)
                        .build())) {
                    for (int i = 0; i < 3; i++) {
                        group.go(() ->
                                Observation.createNotStarted("call", registry).observe(() -> {}));
                    }
                    group.await();
                }
                assertThat(registry.getCurrentObservation()).isSameAs(request);
            });

            assertThat(tracer.getSpans())
                    .filteredOn(span -> "call".equals(span.getName()))
                    .hasSize(3)
                    .allSatisfy(call -> assertThat(call.context().parentId())
                            .isEqualTo(span("errgroup quote").context().spanId()));
        }

        @Test
        void the_thread_that_opens_a_group_keeps_its_own_observation() throws Exception {
            AtomicReference<@Nullable Observation> inBody = new AtomicReference<>();
            AtomicReference<@Nullable Observation> inTask = new AtomicReference<>();
            AtomicReference<@Nullable Observation> request = new AtomicReference<>();
            observe("request", () -> {
                request.set(registry.getCurrentObservation());
                try (ErrGroup group = ErrGroup.open(options)) {
                    inBody.set(registry.getCurrentObservation());
                    group.go(() -> inTask.set(registry.getCurrentObservation()));
                    group.await();
                }
            });

            assertThat(inBody.get()).isSameAs(request.get());
            assertThat(inTask.get()).isNotNull().isNotSameAs(request.get());
        }

        @Test
        void a_task_that_runs_in_the_caller_leaves_the_callers_observation_as_it_was() throws Exception {
            observe("request", () -> {
                Observation before = registry.getCurrentObservation();
                try (ErrGroup group = ErrGroup.open(
                        options.toBuilder().executor(Runnable::run).build())) {
                    group.go(() -> {
                        // A scope that the task forgets to close must not outlive it either.
                        Observation.start("leak", registry).openScope();
                    });
                    assertThat(registry.getCurrentObservation()).isSameAs(before);
                    group.await();
                }
            });

            assertThat(registry.getCurrentObservation()).isNull();
        }

        @Test
        void a_cancelled_task_that_never_started_leaves_nothing_open() throws Exception {
            observe("request", () -> {
                CountDownLatch running = new CountDownLatch(1);
                try (ErrGroup group = ErrGroup.open(options.toBuilder().limit(1).build())) {
                    group.go(() -> {
                        group.go(() -> 1);
                        running.countDown();
                        new CountDownLatch(1).await();
                    });
                    running.await();
                    group.cancel();
                    assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
                }
            });

            assertThat(span("errgroup quote").getTags())
                    .containsEntry("outcome", "cancelled")
                    .containsEntry("reason", "explicit");
        }
    }

    @Nested
    class Its_tags {
        private final List<Observation.Context> ended = new CopyOnWriteArrayList<>();

        Its_tags() {
            registry.observationConfig().observationHandler(new ObservationHandler<>() {
                @Override
                public void onStop(Observation.Context context) {
                    ended.add(context);
                }

                @Override
                public boolean supportsContext(Observation.Context context) {
                    return true;
                }
            });
        }

        @Test
        void are_the_documented_ones_of_a_cancelled_group() {
            try (ErrGroup group = ErrGroup.open(options)) {
                group.cancel();
            }

            Observation.Context context = ended.get(0);
            assertThat(context.getLowCardinalityKeyValues())
                    .extracting(KeyValue::getKey)
                    .containsExactlyInAnyOrder(names(LowCardinalityKeyNames.values()));
            assertThat(context.getHighCardinalityKeyValues())
                    .extracting(KeyValue::getKey)
                    .containsExactlyInAnyOrder(names(HighCardinalityKeyNames.values()));
        }

        @Test
        void of_a_group_that_succeeded_have_no_reason() throws InterruptedException {
            try (ErrGroup group = ErrGroup.open(options)) {
                group.await();
            }

            assertThat(ended.get(0).getAllKeyValues())
                    .extracting(KeyValue::getKey)
                    .containsExactlyInAnyOrder("group", "outcome", "group.name");
        }

        private static String[] names(KeyName[] keys) {
            return Stream.of(keys).map(KeyName::asString).toArray(String[]::new);
        }
    }

    @Nested
    class Beside_the_meters {
        @Test
        void an_observations_own_meters_do_not_collide_with_ours() throws InterruptedException {
            MeterRegistry meters = new SimpleMeterRegistry();
            registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
            ErrGroupOptions both = options.toBuilder()
                    .listener(new GroupMeters(new MeterLease(meters), "quote", () -> -1, () -> -1))
                    .build();

            try (ErrGroup group = ErrGroup.open(both)) {
                group.go(() -> 1);
                group.await();
            }

            assertThat(meters.get("errgroup.group")
                            .tag("outcome", "success")
                            .timer()
                            .count())
                    .isOne();
            assertThat(meters.get(DefaultErrGroupObservationConvention.NAME)
                            .tags("group", "quote", "outcome", "success")
                            .timer()
                            .count())
                    .isOne();
        }
    }

    @Nested
    class A_handler_that_throws {
        @Test
        void at_any_event_changes_nothing_for_the_group_or_the_thread() throws InterruptedException {
            Throwing throwing = new Throwing();
            registry.observationConfig().observationHandler(throwing);
            AtomicReference<@Nullable Observation> between = new AtomicReference<>();

            try (ErrGroup group =
                    ErrGroup.open(options.toBuilder().executor(Runnable::run).build())) {
                group.go(() -> 1);
                between.set(registry.getCurrentObservation());
                group.go(() -> 2);
                group.await();
                assertThat(group.snapshot().succeeded()).isEqualTo(2);
            }

            assertThat(between.get()).isNull();
            assertThat(registry.getCurrentObservation()).isNull();
            assertThat(throwing.events).isPositive();
        }

        @Test
        void does_not_keep_a_handler_before_it_from_ending_what_it_began() throws InterruptedException {
            registry.observationConfig()
                    .observationHandler(new DefaultTracingObservationHandler(tracer))
                    .observationHandler(new ThrowingAtStart());

            try (ErrGroup group = ErrGroup.open(options)) {
                group.go(() -> 1);
                group.await();
            }

            SimpleSpan fanOut = span("errgroup quote");
            assertThat(fanOut.getTags()).containsEntry("outcome", "success");
            assertThat(fanOut.getEndTimestamp()).isAfter(fanOut.getStartTimestamp());
        }
    }

    private static final class Throwing implements ObservationHandler<Observation.Context> {
        private volatile int events;

        @Override
        public void onStart(Observation.Context context) {
            fail();
        }

        @Override
        public void onScopeOpened(Observation.Context context) {
            fail();
        }

        @Override
        public void onScopeClosed(Observation.Context context) {
            fail();
        }

        @Override
        public void onStop(Observation.Context context) {
            fail();
        }

        private void fail() {
            events++;
            throw new IllegalStateException("handler");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    private static final class ThrowingAtStart implements ObservationHandler<Observation.Context> {
        @Override
        public void onStart(Observation.Context context) {
            throw new IllegalStateException("handler");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    /** What a request does. */
    private interface Body {
        void run() throws Exception;
    }

    private void observe(String name, Body body) throws Exception {
        Observation.createNotStarted(name, registry).observeChecked(body::run);
    }

    private SimpleSpan span(String name) {
        return tracer.getSpans().stream()
                .filter(span -> name.equals(span.getName()))
                .reduce((one, other) -> {
                    throw new AssertionError("two spans named " + name);
                })
                .orElseThrow();
    }

    private SimpleSpan spanOfGroup(String name) {
        return tracer.getSpans().stream()
                .filter(span -> name.equals(span.getTags().get("group.name")))
                .findFirst()
                .orElseThrow();
    }
}
