package io.github.errgroup.sample.cluster;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** Hazelcast; loaded in the profile alone. */
@Configuration(proxyBeanMethods = false)
@Profile("cluster")
class ClusterConfiguration {
    /**
     * A lite member: it sends tasks, and runs none. Not a client, which would have a task that throws an IOException run again
     * and again.
     */
    @Bean(destroyMethod = "shutdown")
    HazelcastInstance hazelcast(ClusterProperties properties) {
        return Hazelcast.newHazelcastInstance(PriceMember.config(properties.port())
                .setLiteMember(true)
                .setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.shutdownhook.enabled", "false")); // it is needed until the last group has ended
    }
}
