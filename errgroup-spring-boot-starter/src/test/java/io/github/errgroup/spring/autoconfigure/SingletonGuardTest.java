package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Lookup;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.ManagedList;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

class SingletonGuardTest {
    private final ApplicationContextRunner runner =
            Contexts.wired().withPropertyValues("errgroup.groups.stock.limit=3");

    /** That the group is guarded in this bean: direct use fails, again and again, and a fresh one works. */
    private static AbstractThrowableAssert<?, ? extends Throwable> assertGuarded(ErrGroup group) {
        assertThatIllegalStateException().isThrownBy(group::await);
        assertThatIllegalStateException().isThrownBy(() -> group.tryGo(() -> {}));
        assertThatIllegalStateException().isThrownBy(() -> group.setLimit(4));
        assertThatIllegalStateException().isThrownBy(() -> group.setTimeout(Duration.ofSeconds(1)));
        assertThatIllegalStateException().isThrownBy(group::cancel);
        Throwable failure = catchThrowable(() -> group.go(() -> {}));
        assertWorks(group.fresh());
        return assertThat(failure).isInstanceOf(IllegalStateException.class);
    }

    private static void assertWorks(ErrGroup group) {
        assertThatNoException().isThrownBy(() -> {
            Subtask<String> task = group.go(() -> "done");
            group.await();
            assertThat(task.get()).isEqualTo("done");
            group.close();
        });
    }

    @Nested
    class Guards {
        @Test
        void a_field_and_names_bean_class_field_and_the_three_fixes() {
            runner.withBean("stockService", FieldInjected.class).run(context -> {
                FieldInjected service = context.getBean(FieldInjected.class);
                assertGuarded(service.stock)
                        .hasMessageContaining("'stockService'")
                        .hasMessageContaining(FieldInjected.class.getName())
                        .hasMessageContaining("field 'stock'")
                        .hasMessageContaining("groups.open(\"stock\")")
                        .hasMessageContaining("group.fresh()")
                        .hasMessageContaining("ObjectProvider<ErrGroup>")
                        .hasMessageContaining("errgroup.singleton-use=warn");
                assertGuarded(service.unnamed)
                        .hasMessageContaining("field 'unnamed'")
                        .hasMessageContaining("groups.open()");
            });
        }

        @Test
        void a_field_of_a_superclass() {
            runner.withBean("sub", SubclassOfFieldInjected.class)
                    .run(context -> assertGuarded(context.getBean(SubclassOfFieldInjected.class).stock)
                            .hasMessageContaining("'sub'")
                            .hasMessageContaining("field 'stock'"));
        }

        @Test
        void a_constructor_parameter_that_is_kept_in_a_field() {
            runner.withBean(ConstructorInjected.class)
                    .run(context -> assertGuarded(context.getBean(ConstructorInjected.class).kept)
                            .hasMessageContaining("field 'kept'"));
        }

        @Test
        void a_constructor_parameter_that_is_kept_elsewhere() {
            runner.withBean(WrappingConstructor.class)
                    .run(context -> assertGuarded(context.getBean(WrappingConstructor.class)
                                    .wrapped
                                    .get())
                            .hasMessageContaining("parameter 'stock' of the constructor"));
        }

        @Test
        void a_setter_parameter_that_is_kept_elsewhere() {
            runner.withBean(SetterInjected.class)
                    .run(context -> assertGuarded(context.getBean(SetterInjected.class)
                                    .wrapped
                                    .get())
                            .hasMessageContaining("parameter 'stock' of method setStock"));
        }

        @Test
        void a_parameter_of_a_bean_method() {
            runner.withUserConfiguration(BeanMethod.class)
                    .run(context -> assertGuarded(
                                    context.getBean("made", Wrapped.class).get())
                            .hasMessageContaining("'made'")
                            .hasMessageContaining("parameter 'stock' of method made"));
        }

        @Test
        void collections_maps_arrays_and_optionals() {
            runner.withBean(Containers.class).run(context -> {
                Containers containers = context.getBean(Containers.class);
                assertGuarded(containers.list.get(0)).hasMessageContaining("field 'list'");
                assertGuarded(containers.map.values().iterator().next()).hasMessageContaining("field 'map'");
                assertGuarded(containers.array[0]).hasMessageContaining("field 'array'");
                assertGuarded(containers.optional.orElseThrow()).hasMessageContaining("field 'optional'");
            });
        }

        @Test
        void a_singleton_that_is_made_lazily() {
            runner.withBean("stockService", FieldInjected.class)
                    .withInitializer(context ->
                            context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                    .run(context -> {
                        assertThat(context.getBeanFactory().containsSingleton("stockService"))
                                .isFalse();
                        assertGuarded(context.getBean(FieldInjected.class).stock)
                                .hasMessageContaining("'stockService'");
                    });
        }

        @Test
        void a_singleton_behind_a_proxy() {
            runner.withUserConfiguration(Proxied.class).run(context -> {
                Function<String, ErrGroup> proxy = context.getBean("asked", Asked.class);
                assertThat(proxy.getClass()).isNotSameAs(Asked.class);
                assertGuarded(proxy.apply("any"))
                        .hasMessageContaining(Asked.class.getName())
                        .hasMessageContaining("field 'group'");
            });
        }

        @Test
        void a_factory_bean() {
            runner.withBean("product", ProductFactory.class).run(context -> {
                ProductFactory factory = context.getBean(ProductFactory.class);
                assertGuarded(factory.group).hasMessageContaining("'product'");
            });
        }

        @ParameterizedTest
        @ValueSource(strings = {"session", "refresh", "tenant", "application", "websocket", "step"})
        void an_owner_of_any_other_scope(String scope) {
            runner.withInitializer(context -> context.getBeanFactory().registerScope(scope, new OneForAll()))
                    .withInitializer(scoped(scope, "stockService", FieldInjected.class))
                    .run(context -> {
                        FieldInjected service = context.getBean(FieldInjected.class);
                        assertGuarded(service.stock)
                                .hasMessageContaining(scope + " bean 'stockService'")
                                .hasMessageContaining("field 'stock'");
                        assertThat(context.getBean(FieldInjected.class)).isSameAs(service);
                    });
        }

        @Test
        void an_owner_of_a_thread() {
            runner.withInitializer(context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
                    .withInitializer(scoped("thread", "stockService", FieldInjected.class))
                    .run(context -> assertGuarded(context.getBean(FieldInjected.class).stock)
                            .hasMessageContaining("thread bean 'stockService'"));
        }

        @Test
        void each_instance_of_a_scope() {
            OneForAll scope = new OneForAll();
            runner.withInitializer(context -> context.getBeanFactory().registerScope("session", scope))
                    .withInitializer(scoped("session", "stockService", FieldInjected.class))
                    .run(context -> {
                        assertGuarded(context.getBean(FieldInjected.class).stock);
                        scope.remove("stockService");
                        assertGuarded(context.getBean(FieldInjected.class).stock)
                                .hasMessageContaining("field 'stock'");
                    });
        }

        @Test
        void the_target_of_a_scoped_proxy_by_the_name_that_its_user_knows() {
            runner.withInitializer(context -> context.getBeanFactory().registerScope("session", new OneForAll()))
                    .withUserConfiguration(ScopedProxy.class)
                    .run(context -> assertGuarded(
                                    context.getBean("cart", Asked.class).apply("any"))
                            .hasMessageContaining("session bean 'cart'")
                            .hasMessageContaining("field 'group'"));
        }

        @Test
        void a_field_of_a_configuration() {
            runner.withUserConfiguration(ConfigurationField.class).run(context -> {
                assertGuarded(context.getBean(Wrapped.class).get())
                        .hasMessageContaining("field 'stock'")
                        .hasMessageContaining(ConfigurationField.class.getName());
            });
        }

        @Test
        void what_a_web_container_is_given() {
            runner.withUserConfiguration(RegisteredFilter.class)
                    .run(context -> assertGuarded(((GroupFilter) context.getBean(FilterRegistrationBean.class)
                                            .getFilter())
                                    .group)
                            .hasMessageContaining("'registration'")
                            .hasMessageContaining("parameter 'stock' of method registration"));
        }

        @Test
        void a_resource() {
            runner.withBean(ResourceInjected.class)
                    .run(context -> assertGuarded(context.getBean(ResourceInjected.class).stock)
                            .hasMessageContaining("field 'stock'"));
        }

        @Test
        void references_in_a_bean_definition() {
            ManagedList<Object> references = new ManagedList<>();
            references.add(new RuntimeBeanReference("errgroup.groups.stock"));
            references.add(new RuntimeBeanReference("errGroup"));
            runner.withInitializer(registered(
                            "holder",
                            BeanDefinitionBuilder.rootBeanDefinition(Holder.class)
                                    .addPropertyValue("groups", references)))
                    .run(context -> {
                        for (ErrGroup group : context.getBean(Holder.class).groups) {
                            assertGuarded(group).hasMessageContaining("field 'groups'");
                        }
                    });
        }

        @Test
        void an_inner_bean() {
            runner.withInitializer(registered(
                            "outer",
                            BeanDefinitionBuilder.rootBeanDefinition(OuterOfInner.class)
                                    .setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR)
                                    .addPropertyValue(
                                            "inner",
                                            BeanDefinitionBuilder.rootBeanDefinition(ConstructorInjected.class)
                                                    .getBeanDefinition())))
                    .run(context -> {
                        OuterOfInner outer = context.getBean(OuterOfInner.class);
                        assertGuarded(outer.inner.kept).hasMessageContaining(ConstructorInjected.class.getName());
                        assertGuarded(outer.group).hasMessageContaining("'outer'");
                    });
        }

        @Test
        void a_singleton_that_made_a_helper_in_vain_before() {
            runner.withBean("survivor", SurvivorOfAHelper.class)
                    .run(context -> assertGuarded(context.getBean(SurvivorOfAHelper.class).group)
                            .hasMessageContaining("'survivor'")
                            .hasMessageContaining("field 'group'"));
        }

        @Test
        void a_factory_bean_that_was_made_early_to_ask_its_type() {
            runner.withBean("product", EarlyFactory.class)
                    .withBean(AsksForTypes.class)
                    .run(context -> assertGuarded(((EarlyFactory) context.getBean("&product")).group)
                            .hasMessageContaining("'product'"));
        }

        @Test
        void each_of_two_singletons_for_itself() {
            runner.withBean("one", ConstructorInjected.class)
                    .withBean("two", ConstructorInjected.class)
                    .run(context -> {
                        assertGuarded(context.getBean("one", ConstructorInjected.class).kept)
                                .hasMessageContaining("'one'");
                        assertGuarded(context.getBean("two", ConstructorInjected.class).kept)
                                .hasMessageContaining("'two'");
                    });
        }

        @Test
        void a_singleton_made_while_another_is() {
            runner.withUserConfiguration(Outer.class).run(context -> {
                assertGuarded(context.getBean(Inner.class).group).hasMessageContaining("'inner'");
                assertGuarded(context.getBean(OuterBean.class).group).hasMessageContaining("'outer'");
            });
        }

        @Test
        void a_singleton_made_after_another_failed() {
            runner.withUserConfiguration(LazyFailing.class)
                    .withBean("survivor", Survivor.class)
                    .run(context ->
                            assertGuarded(context.getBean(Survivor.class).group).hasMessageContaining("'survivor'"));
        }

        @Test
        void close_and_fresh_are_no_use() {
            runner.withBean(FieldInjected.class).run(context -> {
                ErrGroup stock = context.getBean(FieldInjected.class).stock;
                assertThat(stock.name()).isEqualTo("stock");
                assertThat(stock.snapshot().submitted()).isZero();
                assertWorks(stock.fresh());
                stock.close();
            });
        }

        @Test
        @ExtendWith(OutputCaptureExtension.class)
        void by_a_log_only_where_the_property_says_so(CapturedOutput output) {
            runner.withBean("stockService", FieldInjected.class)
                    .withPropertyValues("errgroup.singleton-use=warn")
                    .run(context -> {
                        assertWorks(context.getBean(FieldInjected.class).stock);
                        assertThat(output)
                                .contains("WARN")
                                .contains("'stockService'")
                                .contains("field 'stock'");
                    });
        }
    }

    @Nested
    class Leaves_alone {
        @Test
        void a_providers_group() {
            runner.withBean(ProviderInjected.class).run(context -> {
                assertWorks(context.getBean(ProviderInjected.class).stocks.getObject());
                assertWorks(context.getBean(ProviderInjected.class).stocks.getObject());
            });
        }

        @Test
        void a_providers_group_that_the_constructor_asked_for() {
            runner.withBean(AsksInConstructor.class)
                    .run(context -> assertWorks(context.getBean(AsksInConstructor.class).group));
        }

        @Test
        void a_lookup_methods_group() {
            runner.withBean(LookupInjected.class).run(context -> {
                assertWorks(context.getBean(LookupInjected.class).group());
                assertWorks(context.getBean(LookupInjected.class).group());
            });
        }

        @Test
        void a_group_from_get_bean() {
            runner.withBean(AsksTheContext.class).run(context -> {
                assertWorks(context.getBean(AsksTheContext.class).group);
                assertWorks(context.getBean(ErrGroup.class));
            });
        }

        @Test
        void a_prototype_owner() {
            runner.withUserConfiguration(PrototypeOwner.class)
                    .run(context -> assertWorks(context.getBean(ConstructorInjected.class).kept));
        }

        @Test
        void a_request_scoped_owner() {
            runner.withInitializer(
                            context -> context.getBeanFactory().registerScope("request", new SimpleThreadScope()))
                    .withUserConfiguration(RequestOwner.class)
                    .run(context -> assertWorks(context.getBean(ConstructorInjected.class).kept));
        }

        @Test
        void an_inner_bean_of_a_prototype() {
            runner.withInitializer(registered(
                            "outer",
                            BeanDefinitionBuilder.rootBeanDefinition(OuterOfInner.class)
                                    .setScope("prototype")
                                    .setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR)
                                    .addPropertyValue(
                                            "inner",
                                            BeanDefinitionBuilder.rootBeanDefinition(ConstructorInjected.class)
                                                    .getBeanDefinition())))
                    .run(context -> {
                        OuterOfInner outer = context.getBean(OuterOfInner.class);
                        assertWorks(outer.inner.kept);
                        assertWorks(outer.group);
                    });
        }

        @Test
        void each_of_two_prototypes_in_a_singleton_that_has_a_group_too() {
            runner.withUserConfiguration(PrototypeOwner.class)
                    .withBean(OwnerOfTwo.class)
                    .run(context -> {
                        OwnerOfTwo two = context.getBean(OwnerOfTwo.class);
                        assertGuarded(two.group);
                        assertWorks(two.first.kept);
                        assertWorks(two.second.kept);
                    });
        }

        @Test
        void what_is_made_by_its_class() {
            runner.withBean(MakesAHelper.class)
                    .run(context -> assertWorks(context.getBean(MakesAHelper.class).helper.kept));
        }

        @Test
        void application_runners() {
            runner.withBean(Runner.class).run(context -> assertWorks(context.getBean(Runner.class).group));
        }

        @Test
        void command_line_runners() {
            runner.withUserConfiguration(RunnerMethod.class)
                    .run(context -> context.getBean(CommandLineRunner.class).run());
        }

        @Test
        void post_construct() {
            runner.withBean(UsesInPostConstruct.class)
                    .run(context -> assertThat(context.getBean(UsesInPostConstruct.class).result)
                            .isEqualTo("done"));
        }

        @Test
        void test_instances() {
            runner.run(context -> {
                FieldInjected test = new FieldInjected();
                context.getAutowireCapableBeanFactory().autowireBeanProperties(test, 0, false);
                context.getAutowireCapableBeanFactory().initializeBean(test, FieldInjected.class.getName());
                assertWorks(test.stock);
            });
        }

        @Test
        void groups_of_the_factory_bean() {
            runner.run(context -> assertWorks(context.getBean(ErrGroups.class).open("stock")));
        }
    }

    /** A scope with one instance of each bean, which all threads get. */
    static final class OneForAll implements org.springframework.beans.factory.config.Scope {
        private final Map<String, Object> instances = new ConcurrentHashMap<>();

        @Override
        public Object get(String name, ObjectFactory<?> factory) {
            Object instance = instances.get(name);
            if (instance == null) {
                instance = factory.getObject();
                instances.put(name, instance);
            }
            return instance;
        }

        @Override
        public Object remove(String name) {
            return instances.remove(name);
        }

        @Override
        public void registerDestructionCallback(String name, Runnable callback) {}
    }

    private static ApplicationContextInitializer<ConfigurableApplicationContext> scoped(
            String scope, String name, Class<?> type) {
        return registered(name, BeanDefinitionBuilder.rootBeanDefinition(type).setScope(scope));
    }

    private static ApplicationContextInitializer<ConfigurableApplicationContext> registered(
            String name, BeanDefinitionBuilder definition) {
        return context ->
                ((BeanDefinitionRegistry) context).registerBeanDefinition(name, definition.getBeanDefinition());
    }

    static class FieldInjected {
        @Autowired
        @Qualifier("stock")
        ErrGroup stock;

        @Autowired
        ErrGroup unnamed;
    }

    static class SubclassOfFieldInjected extends FieldInjected {}

    static class ConstructorInjected {
        private final ErrGroup kept;

        ConstructorInjected(ErrGroup group) {
            this.kept = group;
        }
    }

    record Wrapped(Object group) {
        ErrGroup get() {
            return (ErrGroup) group;
        }
    }

    static class WrappingConstructor {
        private final Wrapped wrapped;

        WrappingConstructor(@Qualifier("stock") ErrGroup stock) {
            this.wrapped = new Wrapped(stock);
        }
    }

    static class SetterInjected {
        private Wrapped wrapped;

        @Autowired
        void setStock(@Qualifier("stock") ErrGroup stock) {
            this.wrapped = new Wrapped(stock);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BeanMethod {
        @Bean
        Wrapped made(@Qualifier("stock") ErrGroup stock) {
            return new Wrapped(stock);
        }
    }

    static class Containers {
        @Autowired
        List<ErrGroup> list;

        @Autowired
        Map<String, ErrGroup> map;

        @Autowired
        ErrGroup[] array;

        @Autowired
        Optional<ErrGroup> optional;
    }

    static class Asked implements Function<String, ErrGroup> {
        @Autowired
        private ErrGroup group;

        @Override
        public ErrGroup apply(String any) {
            return group;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Proxied {
        @Bean
        static DefaultAdvisorAutoProxyCreator proxies() {
            DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
            creator.setProxyTargetClass(true);
            return creator;
        }

        @Bean
        static DefaultPointcutAdvisor advisor() {
            NameMatchMethodPointcut apply = new NameMatchMethodPointcut();
            apply.setMappedName("apply");
            apply.setClassFilter(Asked.class::isAssignableFrom);
            return new DefaultPointcutAdvisor(apply, (MethodInterceptor) MethodInvocation::proceed);
        }

        @Bean
        Asked asked() {
            return new Asked();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ScopedProxy {
        @Bean
        @Scope(scopeName = "session", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Asked cart() {
            return new Asked();
        }
    }

    @Configuration
    static class ConfigurationField {
        @Autowired
        @Qualifier("stock")
        private ErrGroup stock;

        @Bean
        Wrapped wrapped() {
            return new Wrapped(stock);
        }
    }

    record GroupFilter(ErrGroup group) implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class RegisteredFilter {
        @Bean
        FilterRegistrationBean<GroupFilter> registration(@Qualifier("stock") ErrGroup stock) {
            return new FilterRegistrationBean<>(new GroupFilter(stock));
        }
    }

    static class ResourceInjected {
        @Resource(name = "errgroup.groups.stock")
        ErrGroup stock;
    }

    static class Holder {
        private List<ErrGroup> groups;

        public void setGroups(List<ErrGroup> groups) {
            this.groups = groups;
        }
    }

    static class OuterOfInner {
        private final ErrGroup group;
        private ConstructorInjected inner;

        OuterOfInner(ErrGroup group) {
            this.group = group;
        }

        public void setInner(ConstructorInjected inner) {
            this.inner = inner;
        }
    }

    static class OwnerOfTwo {
        @Autowired
        private ErrGroup group;

        @Autowired
        private ConstructorInjected first;

        @Autowired
        private ConstructorInjected second;
    }

    static class MakesAHelper {
        private final ConstructorInjected helper;

        MakesAHelper(ApplicationContext context) {
            helper = context.getAutowireCapableBeanFactory().createBean(ConstructorInjected.class);
        }
    }

    static class SurvivorOfAHelper {
        @Autowired
        private ErrGroup group;

        SurvivorOfAHelper(ApplicationContext context) {
            assertThat(catchThrowable(
                            () -> context.getAutowireCapableBeanFactory().createBean(Failing.class)))
                    .isNotNull();
        }
    }

    /** Only an instance tells the type of its product. */
    static class EarlyFactory implements FactoryBean<Object> {
        private final ErrGroup group;

        EarlyFactory(ErrGroup group) {
            this.group = group;
        }

        @Override
        public Object getObject() {
            return new StringBuilder();
        }

        @Override
        public Class<?> getObjectType() {
            return StringBuilder.class;
        }
    }

    static class AsksForTypes {
        AsksForTypes(ApplicationContext context) {
            assertThat(context.getBeanNamesForType(StringBuilder.class)).containsExactly("product");
        }
    }

    static class ProductFactory implements FactoryBean<String> {
        @Autowired
        private ErrGroup group;

        @Override
        public String getObject() {
            return "product";
        }

        @Override
        public Class<?> getObjectType() {
            return String.class;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Outer {
        @Bean
        OuterBean outer(ApplicationContext context, ErrGroup group) {
            return new OuterBean(context.getBean("inner", Inner.class), group);
        }

        @Bean
        Inner inner(ErrGroup group) {
            return new Inner(group);
        }
    }

    record OuterBean(Inner inner, ErrGroup group) {}

    record Inner(ErrGroup group) {}

    static class Failing {
        Failing(ErrGroup group) {
            throw new IllegalStateException("cannot be made");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyFailing {
        @Bean
        @Lazy
        Failing failing(ErrGroup group) {
            return new Failing(group);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrototypeOwner {
        @Bean
        @Scope("prototype")
        ConstructorInjected owner(ErrGroup group) {
            return new ConstructorInjected(group);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RequestOwner {
        @Bean
        @Scope("request")
        ConstructorInjected owner(ErrGroup group) {
            return new ConstructorInjected(group);
        }
    }

    static class Survivor {
        private ErrGroup group;

        Survivor(ApplicationContext context) {
            assertThat(catchThrowable(() -> context.getBean("failing"))).isNotNull();
        }

        @Autowired
        void setGroup(ErrGroup group) {
            this.group = group;
        }
    }

    static class ProviderInjected {
        @Autowired
        @Qualifier("stock")
        ObjectProvider<ErrGroup> stocks;
    }

    static class AsksInConstructor {
        private final ErrGroup group;

        AsksInConstructor(ObjectProvider<ErrGroup> groups) {
            this.group = groups.getObject();
        }
    }

    static class AsksTheContext {
        private final ErrGroup group;

        AsksTheContext(ApplicationContext context) {
            this.group = context.getBean(ErrGroup.class);
        }
    }

    abstract static class LookupInjected {
        @Lookup
        abstract ErrGroup group();
    }

    static class Runner implements ApplicationRunner {
        private final ErrGroup group;

        Runner(ErrGroup group) {
            this.group = group;
        }

        @Override
        public void run(ApplicationArguments args) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class RunnerMethod {
        @Bean
        CommandLineRunner runsOnce(ErrGroup group) {
            Consumer<ErrGroup> use = SingletonGuardTest::assertWorks;
            return args -> use.accept(group);
        }
    }

    static class UsesInPostConstruct {
        @Autowired
        private ErrGroup group;

        private String result;

        @PostConstruct
        void warmUp() throws InterruptedException {
            Subtask<String> task = group.go(() -> "done");
            group.await();
            result = task.get();
        }
    }
}
