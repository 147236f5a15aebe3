package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** N14 without a thread and without a Redis: what an instance decides, and what the script does. Time is told. */
class ShareLeaseTest {
    private static final long LEASE_MILLIS = 1_000;

    private final ScriptInMemory redis = new ScriptInMemory();

    private final List<Instance> instances = new ArrayList<>();

    private int named;

    /** The instances' monotonic clocks all show Redis' time less what this one began with. */
    private long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(redis.now);
    }

    /** An instance with its tasks: what the thread that keeps a lease does, in steps. */
    private final class Instance {
        final String name;
        final ShareLease lease;
        int limit;
        int running;
        int waiting;
        int started;

        /** Sent, and not yet arrived. */
        final Deque<LeaseRequest> onTheWay = new ArrayDeque<>();

        Instance(int clusterLimit) {
            name = "instance-" + named++;
            lease = new ShareLease(
                    name, clusterLimit, Integer.MAX_VALUE, 0, TimeUnit.MILLISECONDS.toNanos(LEASE_MILLIS));
            instances.add(this);
        }

        void start() {
            limit = lease.allowed(nanos());
            while (waiting > 0 && running < limit) {
                waiting--;
                running++;
                started++;
            }
        }

        void end(int tasks) {
            running -= Math.min(tasks, running);
            start();
        }

        @Nullable
        LeaseRequest dueRequest() {
            start();
            return lease.nanosUntilCall(nanos(), running, waiting) > 0
                    ? null
                    : lease.request(nanos(), running, waiting);
        }

        /** Calls until nothing is due. */
        void callIfDue() {
            for (LeaseRequest request = dueRequest(); request != null; request = dueRequest()) {
                lease.granted(request, redis.call(request), nanos());
            }
        }
    }

    private void pass(long millis) {
        for (long end = redis.now + millis; redis.now < end; redis.now += 5) {
            instances.forEach(Instance::callIfDue);
        }
    }

    /** What the promise is about: tasks that run now, and those that may start without asking. */
    private int held() {
        return instances.stream()
                .mapToInt(instance -> {
                    instance.start();
                    return Math.max(instance.limit, instance.running);
                })
                .sum();
    }

    private Instance instance(int clusterLimit) {
        return new Instance(clusterLimit);
    }

    private void pastTheFirstLease() {
        pass(LEASE_MILLIS + 50);
    }

    @Test
    void N14_where_redis_knows_nothing_of_a_name_nobody_starts_for_one_lease() {
        Instance one = instance(10);
        one.waiting = 20;
        pass(LEASE_MILLIS - 10);
        assertThat(one.running).isZero();
        pass(50);
        assertThat(one.running).isEqualTo(10);
    }

    @Test
    void N14_a_share_grows_at_once_when_a_task_waits() {
        Instance one = instance(3);
        instance(3);
        pastTheFirstLease();
        assertThat(one.lease.allowed(nanos())).isZero();
        one.waiting = 2;
        one.callIfDue();
        assertThat(one.running).isEqualTo(2);
    }

    @Test
    void N14_a_share_shrinks_when_it_is_not_used_and_an_idle_instance_keeps_its_part_of_half_the_rest() {
        Instance one = instance(40);
        instance(40);
        pastTheFirstLease();
        one.waiting = 40;
        pass(400);
        assertThat(one.running).isEqualTo(40);
        one.end(40);
        pass(5 * LEASE_MILLIS);
        assertThat(instances)
                .allSatisfy(each -> assertThat(each.lease.allowed(nanos())).isEqualTo(10));
    }

    @Test
    void N14_a_lowered_share_takes_effect_as_tasks_end_and_others_start_only_then() {
        Instance one = instance(4);
        pastTheFirstLease();
        one.waiting = 10;
        pass(50);
        assertThat(one.running).isEqualTo(4);
        Instance two = instance(4);
        two.waiting = 10;
        pass(400);
        assertThat(two.running).isZero();
        assertThat(one.limit).isEqualTo(2);
        one.end(1);
        pass(50);
        assertThat(one.running).isEqualTo(3);
        assertThat(two.running).isOne();
        one.end(1);
        pass(50);
        assertThat(one.running).isEqualTo(2);
        assertThat(two.running).isEqualTo(2);
    }

    @Test
    void N14_a_lease_is_over_by_the_time_when_its_request_was_sent() {
        Instance one = instance(4);
        pastTheFirstLease();
        one.waiting = 4;
        one.callIfDue();
        one.end(0);
        LeaseRequest last = null;
        while (last == null) {
            redis.now += 5;
            last = one.dueRequest();
        }
        long sent = redis.now;
        LeaseReply reply = redis.call(last);
        redis.now += LEASE_MILLIS / 2;
        one.lease.granted(last, reply, nanos());
        redis.now = sent + LEASE_MILLIS - LEASE_MILLIS / 20 - 1;
        assertThat(one.lease.allowed(nanos())).isEqualTo(4);
        redis.now++;
        assertThat(one.lease.allowed(nanos())).isZero();
    }

    @Test
    void N14_a_reply_that_comes_after_its_lease_gives_nothing() {
        Instance one = instance(4);
        pastTheFirstLease();
        one.waiting = 4;
        LeaseRequest late = Objects.requireNonNull(one.dueRequest());
        LeaseReply reply = Objects.requireNonNull(redis.call(late));
        redis.now += LEASE_MILLIS;
        one.lease.granted(late, reply, nanos());
        assertThat(reply.allowed()).isEqualTo(4);
        assertThat(one.lease.allowed(nanos())).isZero();
        one.callIfDue();
        assertThat(one.running).isEqualTo(4);
    }

    @Test
    void N14_a_request_that_a_later_one_has_overtaken_changes_nothing() {
        Instance one = instance(4);
        pastTheFirstLease();
        redis.now += LEASE_MILLIS / 2;
        LeaseRequest early = Objects.requireNonNull(one.dueRequest());
        one.lease.failed(early, nanos());
        redis.now += LEASE_MILLIS / 4;
        one.waiting = 4;
        one.callIfDue();
        assertThat(one.running).isEqualTo(4);
        assertThat(redis.call(early)).isNull();
        assertThat(redis.sum()).isEqualTo(4);
    }

    @Test
    void N14_the_share_of_an_instance_that_is_gone_is_free_after_one_lease() {
        Instance gone = instance(4);
        pastTheFirstLease();
        gone.waiting = 4;
        gone.callIfDue();
        instances.remove(gone);
        Instance one = instance(4);
        one.waiting = 4;
        pass(LEASE_MILLIS - 50);
        assertThat(one.running).isZero();
        pass(100);
        assertThat(one.running).isEqualTo(4);
    }

    @Test
    void N14_an_instance_that_leaves_frees_its_share_at_once() {
        Instance leaving = instance(4);
        pastTheFirstLease();
        leaving.waiting = 4;
        leaving.callIfDue();
        leaving.end(4);
        redis.call(leaving.lease.leave(nanos()));
        instances.remove(leaving);
        Instance one = instance(4);
        one.waiting = 4;
        pass(50);
        assertThat(one.running).isEqualTo(4);
    }

    @Test
    void N14_twenty_instances_and_a_limit_of_three_are_all_served() {
        for (int k = 0; k < 20; k++) {
            instance(3).waiting = 1_000;
        }
        pastTheFirstLease();
        for (int k = 0; k < 400; k++) {
            pass(10);
            assertThat(held()).isLessThanOrEqualTo(3);
            instances.forEach(each -> each.end(3));
        }
        assertThat(instances).allSatisfy(each -> assertThat(each.started).isBetween(20, 110));
    }

    @Test
    void N14_what_is_left_after_everybody_has_the_same_goes_round() {
        for (int k = 0; k < 4; k++) {
            instance(6).waiting = 10_000;
        }
        pastTheFirstLease();
        int[] most = new int[4];
        for (int k = 0; k < 200; k++) {
            pass(10);
            assertThat(held()).isLessThanOrEqualTo(6);
            for (int i = 0; i < 4; i++) {
                most[i] = Math.max(most[i], instances.get(i).running);
                assertThat(instances.get(i).limit).isBetween(k < 20 ? 0 : 1, 2);
            }
            instances.forEach(each -> each.end(2));
        }
        assertThat(most).containsOnly(2);
    }

    @Test
    void N14_an_instance_that_wants_little_has_it_and_the_rest_is_split() {
        instance(30).waiting = 1_000;
        instance(30).waiting = 2;
        instance(30).waiting = 1_000;
        pastTheFirstLease();
        pass(100);
        assertThat(instances).extracting(each -> each.running).containsExactly(14, 2, 14);
    }

    @Test
    void N14_a_posted_limit_holds_over_all_instances_until_it_is_dropped() {
        instance(10).waiting = 1_000;
        instance(10).waiting = 1_000;
        pastTheFirstLease();
        redis.postLimit(4);
        pass(400);
        instances.forEach(each -> each.end(5));
        pass(400);
        assertThat(instances).extracting(each -> each.running).containsExactly(2, 2);
        redis.postLimit(null);
        pass(400);
        instances.forEach(each -> each.end(10));
        pass(400);
        assertThat(instances).extracting(each -> each.running).containsExactly(5, 5);
    }

    @Test
    void N14_an_idle_instance_calls_three_times_a_lease_and_one_that_waits_at_most_fifty_times() {
        Instance one = instance(2);
        pastTheFirstLease();
        redis.calls = 0;
        pass(10 * LEASE_MILLIS);
        assertThat(redis.calls).isBetween(29L, 31L);
        one.waiting = 1;
        instance(2).waiting = 1_000_000;
        redis.calls = 0;
        pass(10 * LEASE_MILLIS);
        assertThat(redis.calls).isLessThanOrEqualTo(2 * 10 * 51);
    }

    @Test
    void N14_after_load_an_idle_instance_calls_once_more_for_each_step_by_which_its_share_shrinks() {
        Instance one = instance(40);
        pastTheFirstLease();
        one.waiting = 40;
        pass(400);
        one.end(40);
        assertThat(one.limit).isEqualTo(40);
        int steps = 0;
        redis.calls = 0;
        for (int k = 0; k < 400; k++) {
            int before = one.limit;
            pass(5);
            steps += one.limit < before ? 1 : 0;
        }
        assertThat(one.limit).isEqualTo(20);
        assertThat(steps).isEqualTo(5);
        assertThat(redis.calls).as("in the first two leases").isBetween(2L * 3 + steps - 1, 2L * 3 + steps + 1);
        redis.calls = 0;
        pass(10 * LEASE_MILLIS);
        assertThat(redis.calls).as("in the next ten").isBetween(29L, 31L);
    }

    @Test
    void N14_an_instance_that_grows_calls_once_more_for_each_step_by_which_its_share_grows() {
        Instance one = instance(40);
        instance(40);
        pastTheFirstLease();
        redis.calls = 0;
        int steps = 0;
        for (int k = 0; k < 30; k++) {
            int before = one.limit;
            one.waiting++;
            pass(5);
            steps += one.limit > before ? 1 : 0;
        }
        assertThat(one.running).isEqualTo(30);
        assertThat(steps).isEqualTo(4);
        assertThat(redis.calls).as("with those that renew").isBetween((long) steps, steps + 4L);
    }

    @Test
    void N14_without_redis_nothing_starts_or_as_many_as_were_chosen() {
        Instance one = instance(4);
        ShareLease local = new ShareLease("local", 4, 7, 7, TimeUnit.MILLISECONDS.toNanos(LEASE_MILLIS));
        for (ShareLease lease : List.of(one.lease, local)) {
            assertThat(lease.allowed(nanos())).isZero();
            lease.failed(lease.request(nanos(), 0, 9), nanos());
        }
        assertThat(one.lease.allowed(nanos())).isZero();
        assertThat(local.allowed(nanos())).isEqualTo(7);
        assertThat(local.nanosUntilCall(nanos(), 7, 2)).isPositive();
    }

    /** Messages and replies are lost or late, instances are killed and stand still, Redis loses all or some of what it knew. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void N14_never_more_than_the_limit_is_held_whatever_is_lost(long seed) {
        Random random = new Random(seed);
        int limit = 1 + random.nextInt(12);
        for (int k = 0; k < 2 + random.nextInt(6); k++) {
            instance(limit);
        }
        Map<String, String> replica = redis.copy();
        int started = 0;
        for (int step = 0; step < 8_000; step++) {
            redis.now += random.nextInt(8);
            Instance one = instances.get(random.nextInt(instances.size()));
            if (random.nextInt(30) == 0) {
                one.waiting = random.nextInt(2 * limit + 1);
            }
            one.end(random.nextInt(3));
            LeaseRequest due = one.dueRequest();
            if (due != null && random.nextInt(10) > 0) {
                one.onTheWay.add(due);
            } else if (due != null) {
                one.lease.failed(due, nanos());
            }
            Instance other = instances.get(random.nextInt(instances.size()));
            if (!other.onTheWay.isEmpty()) {
                boolean overtaken = random.nextInt(20) == 0;
                LeaseRequest arriving = overtaken ? other.onTheWay.getLast() : other.onTheWay.poll();
                LeaseReply reply = redis.call(arriving);
                if (random.nextInt(10) > 0) {
                    other.lease.granted(arriving, reply, nanos());
                } else {
                    other.lease.failed(arriving, nanos());
                }
            }
            switch (random.nextInt(400)) {
                case 0 -> redis.restartEmpty();
                case 1 -> redis.failOver(replica);
                case 2, 3, 4, 5 -> replica = redis.copy();
                case 6 -> {
                    instances.remove(one);
                    started += one.started;
                    instance(limit).waiting = 5;
                }
                case 7 -> redis.now += random.nextInt((int) LEASE_MILLIS / 4);
                default -> {}
            }
            // A task that runs on after its instance's lease is the excess that is promised: here each ends with it.
            for (Instance each : instances) {
                each.start();
                if (each.lease.nanosUntilOver(nanos()) == Long.MAX_VALUE) {
                    each.running = 0;
                }
            }
            assertThat(held()).as("step %s of seed %s", step, seed).isLessThanOrEqualTo(limit);
        }
        for (Instance each : instances) {
            started += each.started;
        }
        assertThat(started).isPositive();
    }
}
