package io.github.errgroup.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** The thread that keeps the leases goes on, whatever an answer of Redis brings about. */
@Timeout(60)
class LeaseKeeperTest {
    private static final long QUIET_MILLIS = 50;

    private final Logger logger = (Logger) LoggerFactory.getLogger(RedisClusterLimits.class);

    private final Level level = logger.getLevel();

    private final FullDisk appender = new FullDisk();

    @BeforeEach
    void attach() {
        appender.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(appender);
    }

    @AfterEach
    void detach() {
        logger.detachAppender(appender);
        logger.setLevel(level);
    }

    @Test
    void N14_an_answer_that_cannot_be_taken_does_not_end_the_keeper() {
        AnsweringRedis redis = new AnsweringRedis();
        try (RedisClusterLimits limits =
                new RedisClusterLimits(ClusterInstance.registry(4), redis, Duration.ofMillis(300), "test:", false)) {
            limits.start();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> limits.of(ClusterInstance.NAME).share() == 4);
            ILoggingEvent error = appender.errors.remove();
            assertThat(error.getFormattedMessage())
                    .isEqualTo("An answer of Redis about a cluster limit could not be processed");
            assertThat(error.getThrowableProxy().getMessage()).isEqualTo("the disk is full");
        }
    }

    /** Fails to write what a first answer has the keeper tell: that no share grows yet. */
    private static final class FullDisk extends AppenderBase<ILoggingEvent> {
        private final Queue<ILoggingEvent> errors = new ConcurrentLinkedQueue<>();

        @Override
        public synchronized void doAppend(ILoggingEvent event) {
            if (event.getLevel() == Level.INFO) {
                throw new IllegalStateException("the disk is full");
            }
            append(event);
        }

        @Override
        protected void append(ILoggingEvent event) {
            errors.add(event);
        }
    }

    /** Gives nothing at first, and then the whole limit. */
    private static final class AnsweringRedis extends StringRedisTemplate {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        @SuppressWarnings("unchecked")
        public <T extends @Nullable Object> T execute(RedisScript<T> script, List<String> keys, Object... args) {
            return (T)
                    (asked.incrementAndGet() == 1
                            ? List.of(0L, 4L, 0L, 0L, QUIET_MILLIS)
                            : List.of(4L, 4L, 0L, 0L, 0L));
        }
    }
}
