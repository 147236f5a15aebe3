package io.github.errgroup.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroups;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootVersion;
import org.springframework.util.ClassUtils;

@Timeout(120)
class ServletApplicationTest {
    private static final Set<String> PRESENT = RunningApplication.present();

    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start("--spring.main.web-application-type=servlet");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void the_class_path_is_the_one_the_build_meant() {
        Set<String> found = new TreeSet<>();
        addIfPresent(found, "security", "org.springframework.security.core.context.SecurityContextHolder");
        addIfPresent(found, "context-propagation", "io.micrometer.context.ContextSnapshotFactory");
        addIfPresent(found, "actuator", "org.springframework.boot.actuate.endpoint.annotation.Endpoint");
        addIfPresent(found, "micrometer", "io.micrometer.core.instrument.MeterRegistry");
        addIfPresent(found, "redis", "org.springframework.data.redis.core.StringRedisTemplate");
        addIfPresent(found, "ai", "org.springframework.ai.model.tool.ToolCallingManager");
        assertThat(found).isEqualTo(PRESENT);
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("spring-boot.version"));
        assertThat(ErrGroups.class.getProtectionDomain().getCodeSource().getLocation().getPath())
                .contains("errgroup-core");
    }

    private static void addIfPresent(Set<String> found, String what, String className) {
        if (ClassUtils.isPresent(className, null)) {
            found.add(what);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"factory", "template", "provider"})
    void each_idiom_answers_each_request_with_its_own(String idiom) {
        boolean carried = PRESENT.contains("context-propagation");
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(application.get("/" + idiom + "?id=" + i));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(answers.get(i).join().body())
                    .isEqualTo("id " + i + ", limit 2, mdc " + (carried ? i : "null") + ", user "
                            + (carried && PRESENT.contains("security") ? "alice" : "nobody") + ", request "
                            + (carried ? "carried" : "none"));
        }
        assertThat(application.context().getBean(ErrGroups.class).live()).isEmpty();
    }

    @Test
    void a_shared_group_is_guarded() {
        assertThat(application.get("/shared").join().body()).contains("'quotes'").contains("field 'stock'");
    }

    @Test
    void the_endpoint_answers_where_there_is_actuator() {
        HttpResponse<String> answer = application.get("/actuator/errgroups").join();
        if (PRESENT.contains("actuator")) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"stock\"").contains("\"default\"");
            assertThat(application.get("/actuator/errgroups/nobody").join().statusCode())
                    .isEqualTo(404);
        } else {
            assertThat(answer.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void the_meters_count_where_there_are_actuator_and_micrometer() {
        application.get("/factory?id=1").join();
        HttpResponse<String> answer =
                application.get("/actuator/metrics/errgroup.task?tag=group:stock").join();
        if (PRESENT.contains("actuator") && PRESENT.contains("micrometer")) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("COUNT").contains("success");
        } else {
            assertThat(answer.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void the_tools_of_Spring_AI_run_in_groups_where_there_is_Spring_AI() {
        boolean ai = PRESENT.contains("ai");
        assertThat(application.context().containsBean("errGroupToolCallingManagers"))
                .isEqualTo(ai);
        if (ai) {
            assertThat(application.context().getBean("toolCallingManager"))
                    .asString()
                    .startsWith("ErrGroupToolCallingManager[");
        }
    }

    @Test
    void a_request_in_flight_at_shutdown_is_answered() {
        RunningApplication stopping =
                RunningApplication.start("--spring.main.web-application-type=servlet", "--server.shutdown=graceful");
        Quotes quotes = stopping.context().getBean(Quotes.class);
        CompletableFuture<HttpResponse<String>> answer = stopping.get("/late?id=7");
        CompletableFuture<Void> closed = CompletableFuture.runAsync(
                () -> {
                    try {
                        quotes.accepted.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    stopping.context().addApplicationListener(event -> quotes.proceed.countDown());
                    stopping.close();
                },
                command -> new Thread(command, "closing").start());
        assertThat(answer.join().statusCode()).isEqualTo(200);
        assertThat(answer.join().body()).startsWith("id 7, limit 2");
        closed.join();
    }
}
