package io.github.errgroup.spring.cluster;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroupException;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.FrameworkAccess;
import io.github.errgroup.SharedLimit;
import io.github.errgroup.spring.ErrGroupRegistry;
import io.github.errgroup.spring.autoconfigure.ErrGroupAutoConfiguration;
import io.github.errgroup.spring.autoconfigure.ErrGroupClusterAutoConfiguration;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * A service as the load has three: a Spring application in a JVM of its own, which answers each request by a group that calls the
 * supplier as often as the request says. A signal stops it as any application. It tells its port; and, asked by a line on its
 * standard input, what is left over. It ends with who started it.
 */
public final class LoadedService {
    /** What its answers begin with; what else it prints is its log. */
    static final String ANSWER = "answer: ";

    static final String DONE = "done";

    static final String NOTHING_LEFT = "0 groups are live, 0 tasks run, 0 tasks wait";

    private static final String NAME = "supplier";

    private static final int SHORTEST_CALL_MILLIS = 50;

    private static final int LONGEST_CALL_MILLIS = 150;

    private LoadedService() {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        TaskExecutionAutoConfiguration.class,
        ErrGroupAutoConfiguration.class,
        DataRedisAutoConfiguration.class,
        ErrGroupClusterAutoConfiguration.class
    })
    static class Wiring {}

    /**
     * Runs.
     *
     * @param arguments name, Redis' port, the counting server's port, cluster limit, lease in milliseconds
     */
    public static void main(String[] arguments) throws IOException {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Wiring.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.application.name=load",
                        "spring.data.redis.port=" + arguments[1],
                        "logging.level.root=warn",
                        "errgroup.groups." + NAME + ".cluster-limit=" + arguments[3],
                        "errgroup.groups." + NAME + ".timeout=60s",
                        "errgroup.cluster.lease=" + arguments[4] + "ms")
                .run();
        ErrGroups groups = context.getBean(ErrGroups.class);
        int supplier = Integer.parseInt(arguments[2]);
        ServerSocket requests = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (true) {
                Socket request = requests.accept();
                daemon(() -> answer(request, groups, arguments[0], supplier));
            }
        });
        System.out.println(ANSWER + requests.getLocalPort());
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (questions.readLine() != null) {
            SharedLimit shared = context.getBean(ErrGroupRegistry.class).sharedLimit(NAME);
            System.out.println(ANSWER + groups.live().size() + " groups are live, " + FrameworkAccess.running(shared)
                    + " tasks run, " + FrameworkAccess.waiting(shared, 1_000) + " tasks wait");
        }
        Runtime.getRuntime().halt(1);
    }

    private static void answer(Socket connection, ErrGroups groups, String name, int supplier) throws IOException {
        try (connection) {
            int calls = new DataInputStream(connection.getInputStream()).readInt();
            new DataOutputStream(connection.getOutputStream()).writeUTF(call(calls, groups, name, supplier));
        }
    }

    private static String call(int calls, ErrGroups groups, String name, int supplier) {
        try (ErrGroup group = groups.open(NAME)) {
            for (int k = 0; k < calls; k++) {
                int millis = ThreadLocalRandom.current().nextInt(SHORTEST_CALL_MILLIS, LONGEST_CALL_MILLIS);
                group.go(() -> ClusterInstance.call(name, supplier, millis));
            }
            group.await();
            return DONE;
        } catch (ErrGroupException | InterruptedException e) {
            return e.toString();
        }
    }

    private static void daemon(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (IOException e) {
                throw new IllegalStateException(e); // the load counts a request that is not answered
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Body {
        void run() throws IOException;
    }
}
