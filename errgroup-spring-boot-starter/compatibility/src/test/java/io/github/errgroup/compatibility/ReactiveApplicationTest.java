package io.github.errgroup.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("reactive")
@Timeout(120)
class ReactiveApplicationTest {
    @Test
    void an_event_loop_is_told_and_an_elastic_thread_may_wait() {
        try (RunningApplication application =
                RunningApplication.start("--spring.main.web-application-type=reactive")) {
            assertThat(application.get("/on-the-event-loop").join().body())
                    .contains("must not block")
                    .contains("Schedulers.boundedElastic()");
            assertThat(application.get("/elastic").join().body()).isEqualTo("done");
        }
    }
}
