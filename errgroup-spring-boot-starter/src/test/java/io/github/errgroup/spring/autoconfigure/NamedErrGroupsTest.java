package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class NamedErrGroupsTest {
    private final ApplicationContextRunner runner = Contexts.wired()
            .withPropertyValues(
                    "errgroup.timeout=7s", "errgroup.groups.stock.limit=3", "errgroup.groups[slow.things].limit=4");

    static class Service {
        @Autowired
        @Qualifier("stock")
        ErrGroup stock;

        @Autowired
        @Qualifier("stock")
        ObjectProvider<ErrGroup> stocks;

        @Autowired
        ErrGroup unnamed;

        @Autowired
        ObjectProvider<ErrGroup> unnamedOnes;

        @Autowired
        List<ErrGroup> all;

        @Autowired
        Map<String, ErrGroup> byBeanName;

        @Autowired(required = false)
        @Qualifier("nobody")
        ErrGroup nobody;
    }

    @Test
    void each_configured_name_is_injected_by_qualifier_with_its_settings() {
        runner.withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            try (ErrGroup group = service.stock.fresh()) {
                assertThat(group.name()).isEqualTo("stock");
                assertThat(group.limit()).isEqualTo(3);
                assertThat(group.options().timeout()).hasSeconds(7);
            }
        });
    }

    @Test
    void a_provider_by_qualifier_gives_a_new_group_each_time() {
        runner.withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            ErrGroup first = service.stocks.getObject();
            assertThat(first.name()).isEqualTo("stock");
            assertThat(service.stocks.getObject()).isNotSameAs(first);
        });
    }

    @Test
    void a_bean_that_names_none_gets_the_default_group() {
        runner.withBean(Service.class).run(context -> {
            Service service = context.getBean(Service.class);
            assertThat(service.unnamed.name()).isEqualTo("default");
            assertThat(service.unnamedOnes.getObject().name()).isEqualTo("default");
            assertThat(context.getBean(ErrGroup.class).name()).isEqualTo("default");
            assertThat(service.all).extracting(ErrGroup::name).containsExactly("default");
            assertThat(service.byBeanName).containsOnlyKeys("errGroup");
            assertThat(service.nobody).isNull();
        });
    }

    @Test
    void a_name_with_a_dot_is_a_qualifier_too() {
        runner.run(context -> {
            ErrGroup group = context.getBean("errgroup.groups.slow.things", ErrGroup.class);
            assertThat(group.name()).isEqualTo("slow.things");
            group.go(() -> assertThat(group.limit()).isEqualTo(4));
            group.await();
        });
    }
}
