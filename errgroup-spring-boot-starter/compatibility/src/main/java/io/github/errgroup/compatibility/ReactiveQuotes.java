package io.github.errgroup.compatibility;

import io.github.errgroup.ErrGroup;
import io.github.errgroup.ErrGroups;
import io.github.errgroup.Subtask;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A group on an event loop, and where it belongs. */
@RestController
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveQuotes {
    private final ErrGroups groups;

    ReactiveQuotes(ErrGroups groups) {
        this.groups = groups;
    }

    @GetMapping("/on-the-event-loop")
    Mono<String> onTheEventLoop() {
        // Boot 3.5 takes Tomcat for WebFlux where it is on the class path beside Netty, and Tomcat's threads may block.
        Scheduler notBlocking = Schedulers.isInNonBlockingThread() ? Schedulers.immediate() : Schedulers.parallel();
        return Mono.fromCallable(() -> quote(1))
                .subscribeOn(notBlocking)
                .onErrorResume(e -> Mono.just(String.valueOf(e.getMessage())));
    }

    @GetMapping("/elastic")
    Mono<String> elastic() {
        return Mono.fromCallable(() -> quote(0)).subscribeOn(Schedulers.boundedElastic());
    }

    /** One task that waits for so many events, which never come. */
    private String quote(int events) throws InterruptedException {
        CountDownLatch awaited = new CountDownLatch(events);
        try (ErrGroup group = groups.open("stock")) {
            Subtask<String> task = group.go(() -> {
                awaited.await();
                return "done";
            });
            group.await();
            return task.get();
        }
    }
}
