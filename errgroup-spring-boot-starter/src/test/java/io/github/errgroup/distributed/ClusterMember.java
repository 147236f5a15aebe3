package io.github.errgroup.distributed;

import static io.github.errgroup.Futures.future;

import com.hazelcast.cluster.memberselector.MemberSelectors;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import io.github.errgroup.ErrGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A member of the cluster in a JVM of its own: a worker, or a caller that will be killed. Ends with who started it. */
final class ClusterMember {
    /** The system property that tells a member its own port. */
    static final String PORT = "member.port";

    /** The deadline of {@link #CALLER}'s group. */
    static final Duration TIMEOUT = Duration.ofSeconds(4);

    /** What makes it a caller and not a worker: it is told to send a task to one, and is killed meanwhile. */
    static final String CALLER = "caller";

    private ClusterMember() {}

    /**
     * On the loopback alone, and known to each other by their ports.
     *
     * @param first the member that the others ask to be let in
     */
    static Config config(int port, int first) {
        Config config = new Config().setClusterName("prices");
        config.getExecutorConfig("prices").setPoolSize(16);
        NetworkConfig network = config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
        network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).addMember("127.0.0.1:" + first);
        return config.setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.logging.type", "none")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.max.no.heartbeat.seconds", "10");
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Config config = config(Integer.getInteger(PORT), Integer.parseInt(args[0]));
        boolean calls = List.of(args).contains(CALLER);
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config.setLiteMember(calls));
        System.out.println("joined");
        if (calls && System.in.read() >= 0) {
            call(member.getExecutorService("prices"));
        }
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void call(IExecutorService prices) throws InterruptedException {
        try (ErrGroup group = ErrGroup.open(o -> o.name("killed").timeout(TIMEOUT))) {
            group.go(
                    "orphan",
                    future(() -> prices.submit(
                            new FindPrice("orphan", group.context().remaining().orElseThrow()),
                            MemberSelectors.DATA_MEMBER_SELECTOR)));
            group.await();
        }
    }
}
