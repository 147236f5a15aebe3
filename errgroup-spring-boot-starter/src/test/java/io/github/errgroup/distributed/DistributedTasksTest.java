package io.github.errgroup.distributed;

import static com.hazelcast.cluster.memberselector.MemberSelectors.DATA_MEMBER_SELECTOR;
import static io.github.errgroup.Futures.future;
import static io.github.errgroup.Subtask.State.FAILED;
import static io.github.errgroup.Subtask.State.SUCCEEDED;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MemberSelector;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.core.MemberLeftException;
import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import io.github.errgroup.TaskBody;
import io.github.errgroup.spring.autoconfigure.Contexts;
import io.github.errgroup.spring.autoconfigure.ErrGroupMetricsAutoConfiguration;
import io.github.errgroup.spring.micrometer.ManualClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;

/**
 * N12 over several JVMs: this one is the caller, a lite member, which runs no tasks; workers, of which two are killed, and
 * another caller, which is killed too, are JVMs of their own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // Hazelcast's futures heed no interrupt
class DistributedTasksTest {
    /** So that over there nothing is ended by the deadline that it brought with it, but where that is tested. */
    private static final Duration LONGER_THAN_A_TEST = ofSeconds(150);

    private final Supplier supplier = new Supplier();

    private final List<MemberProcess> processes = new ArrayList<>();

    private HazelcastInstance caller;

    private IExecutorService prices;

    private MemberProcess worker;

    private MemberProcess victim;

    private MemberProcess secondVictim;

    private MemberProcess otherCaller;

    DistributedTasksTest() throws IOException {}

    /** All at once, since most of the time that a member needs to join it waits. */
    @BeforeAll
    void start() throws IOException {
        List<Integer> ports = freePorts(6);
        int first = ports.get(0);
        for (int port : ports.subList(1, 5)) {
            processes.add(MemberProcess.start(port, first, supplier.url()));
        }
        worker = processes.get(0);
        victim = processes.get(2);
        secondVictim = processes.get(3);
        otherCaller = MemberProcess.start(ports.get(5), first, supplier.url(), ClusterMember.CALLER);
        processes.add(otherCaller);
        caller = Hazelcast.newHazelcastInstance(
                ClusterMember.config(first, first).setLiteMember(true));
        prices = caller.getExecutorService("prices");
        for (MemberProcess process : processes) {
            process.joined();
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            ports.add(sockets.get(i).getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    @AfterAll
    void stop() {
        supplier.close();
        processes.forEach(MemberProcess::close);
        caller.shutdown();
    }

    @Test
    void N12_results_come_from_two_other_JVMs() throws Exception {
        List<String> skus = IntStream.range(0, 32).mapToObj(i -> "result-" + i).toList();
        skus.forEach(sku -> supplier.answer(sku, sku.length()));

        assertThat(findAll(skus))
                .containsExactlyElementsOf(
                        skus.stream().map(sku -> (long) sku.length()).toList());
        Set<Integer> members = new HashSet<>();
        for (String sku : skus) {
            members.add(supplier.askedBy(sku));
        }
        assertThat(members).hasSizeGreaterThanOrEqualTo(2).doesNotContain(portOfThisJvm());
    }

    private int portOfThisJvm() {
        return caller.getCluster().getLocalMember().getAddress().getPort();
    }

    /** As the page has it. */
    private List<Long> findAll(List<String> skus) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.name("prices").limit(8).timeout(ofSeconds(30)))) {
            List<Subtask<Long>> found = group.map(skus, future(sku -> {
                Duration left = group.context().remaining().orElseThrow();
                return prices.submit(new FindPrice(sku, left), DATA_MEMBER_SELECTOR);
            }));
            group.await();
            return found.stream().map(Subtask::get).toList();
        }
    }

    @Test
    void N12_the_first_failure_cancels_the_others_over_there() throws Exception {
        try (ErrGroup group = open()) {
            group.go("slow", find(group, "cancelled", on(worker)));
            assertThat(supplier.askedBy("cancelled")).isEqualTo(worker.port);
            group.go("refused", find(group, "refused", DATA_MEMBER_SELECTOR));
            long start = System.nanoTime();
            supplier.refuse("refused");
            // The group over there failed with an ErrGroupException: await looks at its first failure, too.
            assertThatThrownBy(() -> group.await(SupplierClient.PriceUnavailable.class))
                    .isInstanceOf(SupplierClient.PriceUnavailable.class)
                    .hasMessage("no price of refused");
            assertThat(supplier.interruptedOn("cancelled")).isEqualTo(worker.port);
            tell("a failure cancelled a task in another JVM", start);
        }
    }

    @Test
    void N12_a_killed_workers_tasks_fail_within_seconds_and_the_message_names_task_and_member() throws Exception {
        try (ErrGroup group = open()) {
            group.go("with the living", find(group, "with-the-living", on(worker)));
            group.go("with the dead", find(group, "with-the-dead", on(victim)));
            supplier.askedBy("with-the-living");
            supplier.askedBy("with-the-dead");
            long start = System.nanoTime();
            victim.kill();
            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(group::await)
                    .withMessageContaining("'with the dead'")
                    .withMessageContaining("127.0.0.1]:" + victim.port)
                    .withCauseInstanceOf(MemberLeftException.class);
            assertThat(tell("a killed worker failed its task", start)).isLessThan(ofSeconds(10));
            assertThat(supplier.interruptedOn("with-the-living")).isEqualTo(worker.port);
        }
    }

    /** Why the page sends each task to a member: what Hazelcast was free to send anywhere it starts again. */
    @Test
    void a_task_that_was_sent_to_no_member_is_started_again_elsewhere_when_its_worker_is_killed() throws Exception {
        try (ErrGroup group = open()) {
            int key = keyOn(secondVictim);
            Subtask<Long> price = group.go(future(() -> prices.submitToKeyOwner(task(group, "anywhere"), key)));
            assertThat(supplier.askedBy("anywhere")).isEqualTo(secondVictim.port);
            secondVictim.kill();
            assertThat(supplier.askedBy("anywhere")).isNotEqualTo(secondVictim.port);
            supplier.answer("anywhere", 7);
            group.await();
            assertThat(price.get()).isEqualTo(7);
        }
    }

    /** A new member has its part of the partitions a moment after it has joined. */
    private int keyOn(MemberProcess member) {
        return IntStream.iterate(0, key -> (key + 1) % 1_000)
                .filter(key -> {
                    Member owner =
                            caller.getPartitionService().getPartition(key).getOwner();
                    return owner != null && owner.getAddress().getPort() == member.port;
                })
                .findFirst()
                .orElseThrow();
    }

    /** Why the page wants callers to be members: a client takes the task's own exception for a broken connection. */
    @Test
    void a_task_of_a_client_that_throws_an_IOException_is_started_again_and_again() throws Exception {
        ClientConfig config = new ClientConfig().setClusterName("prices").setProperty("hazelcast.logging.type", "none");
        config.getNetworkConfig().addAddress("127.0.0.1:" + portOfThisJvm());
        HazelcastInstance client = HazelcastClient.newHazelcastClient(config);
        supplier.answer("broken", 1);
        try (ErrGroup group = open()) {
            Subtask<Long> task = group.go(
                    future(() -> client.getExecutorService("prices").submit(new Breaks("broken"), on(worker))));
            for (int runs = 0; runs < 3; runs++) {
                assertThat(supplier.askedBy("broken")).isEqualTo(worker.port);
            }
            assertThat(task.state()).isEqualTo(Subtask.State.RUNNING);
            group.cancel();
        } finally {
            client.shutdown();
        }
    }

    @Test
    void N12_the_callers_deadline_cancels_over_there() throws Exception {
        ManualClock clock = new ManualClock();
        try (ErrGroup group =
                ErrGroup.open(o -> o.name("prices").timeout(LONGER_THAN_A_TEST).clock(clock))) {
            group.go("late", find(group, "late", on(worker)));
            supplier.askedBy("late");
            clock.advance(LONGER_THAN_A_TEST);
            assertThatExceptionOfType(ErrGroupException.class)
                    .isThrownBy(group::await)
                    .withMessageContaining("'late'")
                    .withCauseInstanceOf(TimeoutException.class);
            assertThat(supplier.interruptedOn("late")).isEqualTo(worker.port);
        }
    }

    @Test
    void a_task_whose_caller_is_killed_runs_on_until_the_callers_deadline() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        caller.getCluster().addMembershipListener(new MembershipAdapter() {
            @Override
            public void memberRemoved(MembershipEvent event) {
                if (event.getMember().getAddress().getPort() == otherCaller.port) {
                    left.countDown();
                }
            }
        });
        otherCaller.go();
        supplier.askedBy("orphan");
        long start = System.nanoTime();
        otherCaller.kill();
        left.await();
        assertThat(supplier.wasInterrupted("orphan")).isFalse();
        supplier.interruptedOn("orphan");
        assertThat(tell("an orphan ended by its caller's deadline", start))
                .isLessThan(ClusterMember.TIMEOUT.plusSeconds(5));
    }

    @Test
    void N9_settle_gives_partial_results() throws Exception {
        ManualClock clock = new ManualClock();
        try (ErrGroup group = ErrGroup.open(o -> o.name("prices")
                .cancelOnError(false)
                .timeout(LONGER_THAN_A_TEST)
                .clock(clock))) {
            Subtask<Long> there = group.go(find(group, "there", DATA_MEMBER_SELECTOR));
            Subtask<Long> refused = group.go(find(group, "refused-one", DATA_MEMBER_SELECTOR));
            Subtask<Long> late = group.go(find(group, "too-late", DATA_MEMBER_SELECTOR));
            supplier.answer("there", 12);
            supplier.refuse("refused-one");
            supplier.askedBy("too-late");
            Awaitility.await()
                    .atMost(ofSeconds(30))
                    .until(() -> there.state() == SUCCEEDED && refused.state() == FAILED);
            clock.advance(LONGER_THAN_A_TEST);
            group.settle();
            assertThat(there.orElse(0L)).isEqualTo(12);
            assertThat(refused.state()).isEqualTo(FAILED);
            assertThat(late.state()).isEqualTo(Subtask.State.CANCELLED);
            supplier.interruptedOn("too-late");
        }
    }

    @Test
    void the_limit_and_the_meters_hold_on_the_caller() {
        Contexts.wired()
                .withConfiguration(AutoConfigurations.of(ErrGroupMetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withPropertyValues("errgroup.groups.prices.limit=2", "errgroup.groups.prices.timeout=30s")
                .run(context -> {
                    MeterRegistry meters = context.getBean(MeterRegistry.class);
                    try (ErrGroup group = context.getBean(ErrGroups.class).open("prices")) {
                        group.go(find(group, "first", DATA_MEMBER_SELECTOR));
                        group.go(find(group, "second", DATA_MEMBER_SELECTOR));
                        supplier.askedBy("first");
                        supplier.askedBy("second");
                        assertThat(meters.get("errgroup.task.active")
                                        .tag("group", "prices")
                                        .gauge()
                                        .value())
                                .isEqualTo(2);
                        assertThat(group.tryGo(find(group, "third", DATA_MEMBER_SELECTOR)))
                                .isEmpty();
                        supplier.answer("first", 1);
                        group.go(find(group, "fourth", DATA_MEMBER_SELECTOR)); // waits for a slot
                        supplier.askedBy("fourth");
                        supplier.refuse("fourth");
                        assertThatThrownBy(group::await).isInstanceOf(ErrGroupException.class);
                    }
                    assertThat(List.of("success", "failure", "cancelled"))
                            .allSatisfy(outcome -> assertThat(meters.get("errgroup.task")
                                            .tag("group", "prices")
                                            .tag("outcome", outcome)
                                            .timer()
                                            .count())
                                    .as(outcome)
                                    .isEqualTo(1));
                });
    }

    /** What the page does not promise. */
    @Test
    void await_does_not_wait_for_a_task_over_there_that_ignores_its_interrupt() throws Exception {
        try (ErrGroup group = open()) {
            group.go(future(() -> prices.submit(new Deaf("deaf"), DATA_MEMBER_SELECTOR)));
            supplier.askedBy("deaf");
            group.cancel();
            assertThatExceptionOfType(ErrGroupException.class).isThrownBy(group::await);
        }
        supplier.interruptedOn("deaf");
        supplier.askedBy("deaf");
        supplier.answer("deaf", 1);
    }

    private TaskBody<Long> find(ErrGroup group, String sku, MemberSelector members) {
        return future(() -> prices.submit(task(group, sku), members));
    }

    private static FindPrice task(ErrGroup group, String sku) {
        return new FindPrice(sku, group.context().remaining().orElseThrow());
    }

    private static MemberSelector on(MemberProcess process) {
        return member -> member.getAddress().getPort() == process.port;
    }

    private static ErrGroup open() {
        return ErrGroup.open(o -> o.name("prices").timeout(LONGER_THAN_A_TEST));
    }

    private static Duration tell(String what, long start) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println(what + " after " + took.toMillis() + " ms");
        return took;
    }
}
