package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleTracer;
import jakarta.servlet.Filter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** N3. No accessor is registered by these tests: what the starter and the libraries bring is all there is. */
class ContextPropagationTest {
    /** What a thread has on it. */
    record Identity(String mdc, String request, String user, String span, String locale) {
        static Identity ofThisThread(Tracer tracer) {
            RequestAttributes attributes = RequestContextHolder.getRequestAttributes();
            Authentication user = SecurityContextHolder.getContext().getAuthentication();
            Span span = tracer.currentSpan();
            return new Identity(
                    MDC.get("requestId"),
                    attributes == null
                            ? null
                            : (String) attributes.getAttribute("requestId", RequestAttributes.SCOPE_REQUEST),
                    user == null ? null : user.getName(),
                    span == null ? null : span.context().spanId(),
                    LocaleContextHolder.getLocale().getLanguage());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class Application {
        static final int REQUESTS = 200;

        private final Map<String, CountDownLatch> allIn = new ConcurrentHashMap<>();
        private final ObjectProvider<ErrGroupsAndTracer> beans;

        Application(ObjectProvider<ErrGroupsAndTracer> beans) {
            this.beans = beans;
        }

        @Bean
        SimpleTracer tracer() {
            return new SimpleTracer();
        }

        @Bean
        ObservationRegistry observationRegistry(Tracer tracer) {
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
            return registry;
        }

        @Bean(destroyMethod = "shutdownNow")
        ThreadPoolExecutor bounded() {
            return new ThreadPoolExecutor(
                    4, 4, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(8), new ThreadPoolExecutor.CallerRunsPolicy());
        }

        @Bean
        Executor inCaller() {
            return Runnable::run;
        }

        @Bean
        Filter identity(ObservationRegistry observations) {
            return (request, response, chain) -> {
                String id = request.getParameter("id");
                MDC.put("requestId", id);
                request.setAttribute("requestId", id);
                SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken(id, "none"));
                Observation observation = Observation.start("request", observations);
                Observation.Scope scope = observation.openScope();
                try {
                    chain.doFilter(request, response);
                } finally {
                    scope.close();
                    observation.stop();
                    MDC.clear();
                    SecurityContextHolder.clearContext();
                }
            };
        }

        @GetMapping("/identity")
        String identity(@RequestParam String group, @RequestParam String id) throws InterruptedException {
            CountDownLatch all = allIn.computeIfAbsent(group, any -> new CountDownLatch(REQUESTS));
            all.countDown();
            all.await();
            return beans.getObject().compare(group, id);
        }

        @Bean
        ErrGroupsAndTracer groupsAndTracer(ErrGroups groups, Tracer tracer) {
            return new ErrGroupsAndTracer(groups, tracer);
        }
    }

    record ErrGroupsAndTracer(ErrGroups groups, Tracer tracer) {
        /** {@code same} if each of ten tasks saw what this thread has, and this thread still has it afterwards. */
        String compare(String name, String id) throws InterruptedException {
            Identity mine = Identity.ofThisThread(tracer);
            List<Subtask<Identity>> seen;
            try (ErrGroup group = groups.open(name)) {
                seen = group.map(Collections.nCopies(10, id), any -> {
                    Identity ofTask = Identity.ofThisThread(tracer);
                    // A bad guest: the next one in this thread must not see it, nor the caller.
                    MDC.put("requestId", "left over from " + id);
                    SecurityContextHolder.getContext()
                            .setAuthentication(new TestingAuthenticationToken("left over from " + id, "none"));
                    LocaleContextHolder.setLocale(Locale.KOREAN);
                    return ofTask;
                });
                group.await();
            }
            boolean same = seen.stream().allMatch(task -> task.get().equals(mine))
                    && Identity.ofThisThread(tracer).equals(mine)
                    && mine.mdc().equals(id)
                    && mine.request().equals(id)
                    && mine.user().equals(id)
                    && mine.span() != null;
            return same
                    ? "same"
                    : "mine " + mine + ", tasks' "
                            + seen.stream().map(Subtask::get).toList();
        }
    }

    private static WebApplication application;

    @BeforeAll
    static void start() {
        application = WebApplication.start(
                Application.class,
                "errgroup.context-propagation.mdc-keys=requestId",
                "errgroup.groups.unlimited.limit=-1",
                "errgroup.groups.limited.limit=2",
                "errgroup.groups.platform.executor.type=platform",
                "errgroup.groups.bounded.executor.bean=bounded",
                "errgroup.groups.in-caller.executor.bean=inCaller");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unlimited", "limited", "platform", "bounded", "in-caller"})
    void each_of_200_concurrent_requests_sees_only_its_own(String group) {
        List<String> answers =
                application.getAtOnce(Application.REQUESTS, i -> "/identity?group=" + group + "&id=request-" + i);
        assertThat(answers).hasSize(Application.REQUESTS).containsOnly("same");
    }

    @Nested
    class By_itself {
        private final ApplicationContextRunner runner =
                Contexts.wired().withPropertyValues("errgroup.context-propagation.mdc-keys=listed", "errgroup.limit=1");

        private <T> T inATask(ApplicationContext context, Callable<T> task) throws InterruptedException {
            try (ErrGroup group = context.getBean(ErrGroups.class).open("quote")) {
                Subtask<T> subtask = group.go(task);
                group.await();
                return subtask.get();
            }
        }

        @Test
        void only_the_listed_mdc_keys_are_carried() {
            runner.run(context -> {
                MDC.put("listed", "a");
                MDC.put("other", "b");
                try {
                    assertThat(inATask(context, () -> MDC.get("listed") + MDC.get("other")))
                            .isEqualTo("anull");
                } finally {
                    MDC.clear();
                }
            });
        }

        @Test
        void what_counts_is_the_moment_of_go() {
            runner.run(context -> {
                CountDownLatch changed = new CountDownLatch(1);
                try (ErrGroup group = context.getBean(ErrGroups.class).open("quote")) {
                    MDC.put("listed", "at go");
                    authenticate("at go");
                    Subtask<String> task = group.go(() -> {
                        changed.await();
                        return MDC.get("listed") + ", "
                                + SecurityContextHolder.getContext()
                                        .getAuthentication()
                                        .getName();
                    });
                    MDC.put("listed", "later");
                    SecurityContextHolder.getContext().setAuthentication(null);
                    changed.countDown();
                    group.await();
                    assertThat(task.get()).isEqualTo("at go, at go");
                } finally {
                    MDC.clear();
                    SecurityContextHolder.clearContext();
                }
            });
        }

        @Test
        void a_task_that_changes_its_security_context_changes_nobody_elses() {
            runner.run(context -> {
                authenticate("caller");
                try {
                    inATask(context, () -> {
                        authenticate("task");
                        return null;
                    });
                    assertThat(SecurityContextHolder.getContext()
                                    .getAuthentication()
                                    .getName())
                            .isEqualTo("caller");
                } finally {
                    SecurityContextHolder.clearContext();
                }
            });
        }

        @Test
        void a_caller_without_an_identity_gives_none_to_its_tasks() {
            runner.withBean("pool", Executor.class, Executors::newSingleThreadExecutor)
                    .withPropertyValues("errgroup.executor.bean=pool")
                    .run(context -> {
                        Executor pool = context.getBean(Executor.class);
                        CountDownLatch spoiled = new CountDownLatch(1);
                        pool.execute(() -> {
                            authenticate("someone else");
                            MDC.put("listed", "someone else's");
                            LocaleContextHolder.setLocale(Locale.KOREAN);
                            spoiled.countDown();
                        });
                        spoiled.await();
                        assertThat(inATask(
                                        context,
                                        () -> MDC.get("listed") + " "
                                                + SecurityContextHolder.getContext()
                                                        .getAuthentication()
                                                + " " + LocaleContextHolder.getLocaleContext()))
                                .isEqualTo("null null null");
                    });
        }

        @Test
        void a_compensating_thread_has_the_tasks_context() {
            runner.withBean("dropsAll", Executor.class, () -> command -> {})
                    .withPropertyValues("errgroup.executor.bean=dropsAll", "errgroup.executor.starvation-timeout=10ms")
                    .run(context -> {
                        List<Object> seen = new ArrayList<>();
                        MDC.put("listed", "a");
                        authenticate("caller");
                        try {
                            seen.add(inATask(
                                    context,
                                    () -> MDC.get("listed") + " "
                                            + SecurityContextHolder.getContext()
                                                    .getAuthentication()
                                                    .getName()));
                        } finally {
                            MDC.clear();
                            SecurityContextHolder.clearContext();
                        }
                        assertThat(seen).containsExactly("a caller");
                    });
        }

        @Test
        void the_registry_of_the_jvm_is_left_as_it_was() {
            List<Object> before = keys();
            runner.run(context -> assertThat(keys()).isEqualTo(before));
        }

        private List<Object> keys() {
            return ContextRegistry.getInstance().getThreadLocalAccessors().stream()
                    .<Object>map(accessor -> accessor.key())
                    .toList();
        }

        private void authenticate(String name) {
            SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken(name, "none"));
        }
    }
}
