package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The three ways to a group of one's own, in services that are singletons, under concurrent requests. */
class IdiomsTest {
    private static final int REQUESTS = 200;

    private static final int NESTED = 50;

    /** Every twentieth request fails: 5 %. */
    private static final int FAILING = 20;

    private static WebApplication application;

    @BeforeAll
    static void start() {
        application = WebApplication.start(
                Application.class,
                "errgroup.groups.stock.limit=2",
                "errgroup.groups.outer.executor.type=application",
                "errgroup.groups.inner.executor.type=application");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"factory", "template", "provider"})
    void no_request_sees_anothers_result_failure_or_cancellation(String idiom) {
        List<String> answers = application.getAtOnce(REQUESTS, i -> "/" + idiom + "?id=" + i);
        List<String> own = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            own.add(i % FAILING == 0 ? "failure of " + i : "price of " + i + ", stock of " + i);
        }
        assertThat(answers).isEqualTo(own);
        assertThat(application.context().getBean(ErrGroups.class).live()).isEmpty();
    }

    @Test
    void fifty_nested_requests_on_boots_eight_threads_finish() {
        List<String> answers = application.getAtOnce(NESTED, i -> "/nested?id=" + i);
        for (int i = 0; i < NESTED; i++) {
            assertThat(answers.get(i)).isEqualTo("price of " + i + ", stock of " + i);
        }
        ThreadPoolTaskExecutor boots = application.context().getBean(ThreadPoolTaskExecutor.class);
        assertThat(boots.getCorePoolSize()).isEqualTo(8);
        assertThat(boots.getPoolSize()).isBetween(1, 8);
    }

    /** What each request does with its group. */
    private static String quote(ErrGroup group, int id) throws InterruptedException {
        Subtask<String> price = group.go("price", () -> "price of " + id);
        Subtask<String> stock = group.go("stock", () -> {
            if (id % FAILING == 0) {
                throw new IllegalArgumentException("failure of " + id);
            }
            return "stock of " + id;
        });
        try {
            group.await();
        } catch (ErrGroupException e) {
            return e.getCause().getMessage();
        }
        return price.get() + ", " + stock.get();
    }

    static class FactoryService {
        private final ErrGroups groups;

        FactoryService(ErrGroups groups) {
            this.groups = groups;
        }

        String quote(int id) throws InterruptedException {
            try (ErrGroup group = groups.open("stock")) {
                return IdiomsTest.quote(group, id);
            }
        }

        String nested(int id) throws InterruptedException {
            try (ErrGroup outer = groups.open("outer")) {
                Subtask<String> price = outer.go(() -> inner("price of " + id));
                Subtask<String> stock = outer.go(() -> inner("stock of " + id));
                outer.await();
                return price.get() + ", " + stock.get();
            }
        }

        private String inner(String value) throws InterruptedException {
            try (ErrGroup inner = groups.open("inner")) {
                Subtask<String> task = inner.go(() -> value);
                inner.await();
                return task.get();
            }
        }
    }

    static class TemplateService {
        @Autowired
        @Qualifier("stock")
        private ErrGroup stock;

        String quote(int id) throws InterruptedException {
            try (ErrGroup group = stock.fresh()) {
                return IdiomsTest.quote(group, id);
            }
        }
    }

    static class ProviderService {
        @Autowired
        @Qualifier("stock")
        private ObjectProvider<ErrGroup> groups;

        String quote(int id) throws InterruptedException {
            try (ErrGroup group = groups.getObject()) {
                return IdiomsTest.quote(group, id);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        FactoryService factoryService(ErrGroups groups) {
            return new FactoryService(groups);
        }

        @Bean
        TemplateService templateService() {
            return new TemplateService();
        }

        @Bean
        ProviderService providerService() {
            return new ProviderService();
        }

        @Bean
        Quotes quotes(FactoryService factory, TemplateService template, ProviderService provider) {
            return new Quotes(factory, template, provider);
        }
    }

    @RestController
    static class Quotes {
        private final CountDownLatch allAtTheFactory = new CountDownLatch(REQUESTS);
        private final CountDownLatch allAtTheTemplate = new CountDownLatch(REQUESTS);
        private final CountDownLatch allAtTheProvider = new CountDownLatch(REQUESTS);
        private final CountDownLatch allNested = new CountDownLatch(NESTED);
        private final FactoryService factory;
        private final TemplateService template;
        private final ProviderService provider;

        Quotes(FactoryService factory, TemplateService template, ProviderService provider) {
            this.factory = factory;
            this.template = template;
            this.provider = provider;
        }

        private static void together(CountDownLatch all) throws InterruptedException {
            all.countDown();
            all.await();
        }

        @GetMapping("/factory")
        String factory(@RequestParam int id) throws InterruptedException {
            together(allAtTheFactory);
            return factory.quote(id);
        }

        @GetMapping("/template")
        String template(@RequestParam int id) throws InterruptedException {
            together(allAtTheTemplate);
            return template.quote(id);
        }

        @GetMapping("/provider")
        String provider(@RequestParam int id) throws InterruptedException {
            together(allAtTheProvider);
            return provider.quote(id);
        }

        @GetMapping("/nested")
        String nested(@RequestParam int id) throws InterruptedException {
            together(allNested);
            return factory.nested(id);
        }
    }
}
