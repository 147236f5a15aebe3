package io.github.errgroup.sample.cluster;

import static com.hazelcast.cluster.memberselector.MemberSelectors.DATA_MEMBER_SELECTOR;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Future;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The members of Hazelcast, which run tasks of this application. Thread-safe. */
@Component
@Profile("cluster")
public class Members {
    private final IExecutorService prices;

    Members(HazelcastInstance hazelcast) {
        this.prices = hazelcast.getExecutorService(PriceMember.EXECUTOR);
    }

    /**
     * Has one of them ask a supplier.
     *
     * @param url what to ask
     * @param left how long it may take
     * @return to be waited for in a task, which cancels it over there when it is cancelled
     * @throws java.util.concurrent.RejectedExecutionException if there is no member now
     */
    public Future<String> ask(URI url, Duration left) {
        // To a member, and not to whichever Hazelcast chooses: then it is run at most once.
        return prices.submit(new AskSupplier(url, left), DATA_MEMBER_SELECTOR);
    }
}
