package io.github.errgroup.sample.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A member that runs what the instances of the application send it: a process of its own, without Spring, which needs their
 * classes alone. Whoever reaches its port may have it run anything; so it listens to this machine alone.
 */
public final class PriceMember {
    static final String EXECUTOR = "prices";

    private static final String LOOPBACK = "127.0.0.1";

    private static final int PORT = 5701;

    /** How many processes of this machine find each other, by their ports. */
    private static final String PORTS = "8";

    private static final int POOL_SIZE = 16;

    /** Held, since a logger that nobody holds forgets its level. */
    private static final Logger HAZELCAST = Logger.getLogger("com.hazelcast");

    private PriceMember() {}

    /**
     * Starts it; it ends with the process.
     *
     * @param args the first port of the cluster, 5701 unless given
     */
    public static void main(String[] args) {
        HAZELCAST.setLevel(Level.WARNING);
        Config config = config(args.length == 0 ? PORT : Integer.parseInt(args[0]));
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        System.out.println(
                "waiting for tasks on " + member.getCluster().getLocalMember().getAddress());
    }

    /**
     * Of all processes of the cluster: each takes the next free port from the first one on, and looks for the others there.
     *
     * @param port the first one
     * @return how to start
     */
    public static Config config(int port) {
        Config config =
                new Config().setClusterName("errgroup-sample").setClassLoader(PriceMember.class.getClassLoader());
        config.getExecutorConfig(EXECUTOR).setPoolSize(POOL_SIZE);
        NetworkConfig network = config.getNetworkConfig().setPort(port);
        network.getInterfaces().setEnabled(true).addInterface(LOOPBACK);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).addMember(LOOPBACK);
        return config.setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.logging.type", "jdk")
                .setProperty("hazelcast.tcp.join.port.try.count", PORTS)
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.max.no.heartbeat.seconds", "10");
    }
}
