package io.github.errgroup.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import jakarta.annotation.PostConstruct;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Lookup;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
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
        void aFieldAndNamesBeanClassFieldAndTheThreeFixes() {
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
        void aFieldOfASuperclass() {
            runner.withBean("sub", SubclassOfFieldInjected.class)
                    .run(context -> assertGuarded(context.getBean(SubclassOfFieldInjected.class).stock)
                            .hasMessageContaining("'sub'")
                            .hasMessageContaining("field 'stock'"));
        }

        @Test
        void aConstructorParameterThatIsKeptInAField() {
            runner.withBean(ConstructorInjected.class)
                    .run(context -> assertGuarded(context.getBean(ConstructorInjected.class).kept)
                            .hasMessageContaining("field 'kept'"));
        }

        @Test
        void aConstructorParameterThatIsKeptElsewhere() {
            runner.withBean(WrappingConstructor.class)
                    .run(context -> assertGuarded(context.getBean(WrappingConstructor.class)
                                    .wrapped
                                    .get())
                            .hasMessageContaining("parameter 'stock' of the constructor"));
        }

        @Test
        void aSetterParameterThatIsKeptElsewhere() {
            runner.withBean(SetterInjected.class)
                    .run(context -> assertGuarded(context.getBean(SetterInjected.class)
                                    .wrapped
                                    .get())
                            .hasMessageContaining("parameter 'stock' of method setStock"));
        }

        @Test
        void aParameterOfABeanMethod() {
            runner.withUserConfiguration(BeanMethod.class)
                    .run(context -> assertGuarded(
                                    context.getBean("made", Wrapped.class).get())
                            .hasMessageContaining("'made'")
                            .hasMessageContaining("parameter 'stock' of method made"));
        }

        @Test
        void collectionsMapsArraysAndOptionals() {
            runner.withBean(Containers.class).run(context -> {
                Containers containers = context.getBean(Containers.class);
                assertGuarded(containers.list.get(0)).hasMessageContaining("field 'list'");
                assertGuarded(containers.map.values().iterator().next()).hasMessageContaining("field 'map'");
                assertGuarded(containers.array[0]).hasMessageContaining("field 'array'");
                assertGuarded(containers.optional.orElseThrow()).hasMessageContaining("field 'optional'");
            });
        }

        @Test
        void aSingletonThatIsMadeLazily() {
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
        void aSingletonBehindAProxy() {
            runner.withUserConfiguration(Proxied.class).run(context -> {
                Function<String, ErrGroup> proxy = context.getBean("asked", Asked.class);
                assertThat(proxy.getClass()).isNotSameAs(Asked.class);
                assertGuarded(proxy.apply("any"))
                        .hasMessageContaining(Asked.class.getName())
                        .hasMessageContaining("field 'group'");
            });
        }

        @Test
        void aFactoryBean() {
            runner.withBean("product", ProductFactory.class).run(context -> {
                ProductFactory factory = context.getBean(ProductFactory.class);
                assertGuarded(factory.group).hasMessageContaining("'product'");
            });
        }

        @Test
        void eachOfTwoSingletonsForItself() {
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
        void aSingletonMadeWhileAnotherIs() {
            runner.withUserConfiguration(Outer.class).run(context -> {
                assertGuarded(context.getBean(Inner.class).group).hasMessageContaining("'inner'");
                assertGuarded(context.getBean(OuterBean.class).group).hasMessageContaining("'outer'");
            });
        }

        @Test
        void aSingletonMadeAfterAnotherFailed() {
            runner.withUserConfiguration(LazyFailing.class)
                    .withBean("survivor", Survivor.class)
                    .run(context ->
                            assertGuarded(context.getBean(Survivor.class).group).hasMessageContaining("'survivor'"));
        }

        @Test
        void closeAndFreshAreNoUse() {
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
        void byALogOnlyWhereThePropertySaysSo(CapturedOutput output) {
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
    class LeavesAlone {
        @Test
        void aProvidersGroup() {
            runner.withBean(ProviderInjected.class).run(context -> {
                assertWorks(context.getBean(ProviderInjected.class).stocks.getObject());
                assertWorks(context.getBean(ProviderInjected.class).stocks.getObject());
            });
        }

        @Test
        void aProvidersGroupThatTheConstructorAskedFor() {
            runner.withBean(AsksInConstructor.class)
                    .run(context -> assertWorks(context.getBean(AsksInConstructor.class).group));
        }

        @Test
        void aLookupMethodsGroup() {
            runner.withBean(LookupInjected.class).run(context -> {
                assertWorks(context.getBean(LookupInjected.class).group());
                assertWorks(context.getBean(LookupInjected.class).group());
            });
        }

        @Test
        void aGroupFromGetBean() {
            runner.withBean(AsksTheContext.class).run(context -> {
                assertWorks(context.getBean(AsksTheContext.class).group);
                assertWorks(context.getBean(ErrGroup.class));
            });
        }

        @Test
        void aPrototypeOwner() {
            runner.withUserConfiguration(PrototypeOwner.class)
                    .run(context -> assertWorks(context.getBean(ConstructorInjected.class).kept));
        }

        @Test
        void aRequestScopedOwner() {
            runner.withInitializer(
                            context -> context.getBeanFactory().registerScope("request", new SimpleThreadScope()))
                    .withUserConfiguration(RequestOwner.class)
                    .run(context -> assertWorks(context.getBean(ConstructorInjected.class).kept));
        }

        @Test
        void applicationRunners() {
            runner.withBean(Runner.class).run(context -> assertWorks(context.getBean(Runner.class).group));
        }

        @Test
        void commandLineRunners() {
            runner.withUserConfiguration(RunnerMethod.class)
                    .run(context -> context.getBean(CommandLineRunner.class).run());
        }

        @Test
        void postConstruct() {
            runner.withBean(UsesInPostConstruct.class)
                    .run(context -> assertThat(context.getBean(UsesInPostConstruct.class).result)
                            .isEqualTo("done"));
        }

        @Test
        void testInstances() {
            runner.run(context -> {
                FieldInjected test = new FieldInjected();
                context.getAutowireCapableBeanFactory().autowireBeanProperties(test, 0, false);
                context.getAutowireCapableBeanFactory().initializeBean(test, FieldInjected.class.getName());
                assertWorks(test.stock);
            });
        }

        @Test
        void groupsOfTheFactoryBean() {
            runner.run(context -> assertWorks(context.getBean(ErrGroups.class).open("stock")));
        }
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
