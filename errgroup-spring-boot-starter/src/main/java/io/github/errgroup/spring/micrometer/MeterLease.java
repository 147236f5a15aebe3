package io.github.errgroup.spring.micrometer;

import io.github.errgroup.spring.micrometer.SharedMeters.GaugeRegistration;
import io.github.errgroup.spring.micrometer.SharedMeters.Taken;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The meters that one application has in a registry, from its start until it is closed. An application that uses the
 * same registry at the same time has the same meters, see {@link SharedMeters}: what both count is added up, and a gauge
 * shows the total. What is registered after {@link #close} is registered nowhere, so that nothing comes back.
 *
 * <p>Thread-safe.
 */
final class MeterLease implements AutoCloseable {
    private static final Log logger = LogFactory.getLog(MeterLease.class);

    private final SharedMeters shared;

    private final ReentrantLock lock = new ReentrantLock();

    /** What gives up each meter that is ours. Guarded by {@code lock}. */
    private final List<Runnable> givingUp = new ArrayList<>();

    /** Gauges that someone else had registered. Guarded by {@code lock}. */
    private final List<Meter.Id> gaugesOfOthers = new ArrayList<>();

    /** Guarded by {@code lock}. */
    private boolean closed;

    MeterLease(MeterRegistry registry) {
        this.shared = SharedMeters.of(registry);
    }

    Counter counter(ErrGroupMeter meter, Tags tags) {
        return take(registry -> Counter.builder(meter.getName())
                .description(meter.description())
                .tags(tags)
                .register(registry));
    }

    Timer timer(ErrGroupMeter meter, Tags tags) {
        return take(registry -> Timer.builder(meter.getName())
                .description(meter.description())
                .tags(tags)
                .register(registry));
    }

    LongTaskTimer longTaskTimer(ErrGroupMeter meter, Tags tags) {
        return take(registry -> LongTaskTimer.builder(meter.getName())
                .description(meter.description())
                .tags(tags)
                .register(registry));
    }

    /** What is to be done before the meters are given up: others that have them too go on without our values. */
    void onClose(Runnable last) {
        lock.lock();
        try {
            givingUp.add(last);
        } finally {
            lock.unlock();
        }
    }

    private <M extends Meter> M take(Function<MeterRegistry, M> register) {
        lock.lock();
        try {
            if (closed) {
                return register.apply(new CompositeMeterRegistry());
            }
            Taken<M> taken = shared.take(() -> register.apply(shared.registry()));
            if (taken.ours()) {
                givingUp.add(() -> shared.giveUp(taken.meter(), null));
            }
            return taken.meter();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A gauge of a value.
     *
     * @param total makes one value of two, where two applications share the registry
     */
    void gauge(ErrGroupMeter meter, Tags tags, DoubleBinaryOperator total, DoubleSupplier value) {
        take(
                meter,
                tags,
                total,
                value,
                sum -> Gauge.builder(meter.getName(), sum)
                        .description(meter.description())
                        .tags(tags)
                        .strongReference(true)
                        .register(shared.registry()));
    }

    private void take(
            ErrGroupMeter meter,
            Tags tags,
            DoubleBinaryOperator total,
            DoubleSupplier value,
            GaugeRegistration registration) {
        lock.lock();
        try {
            Meter.Id id = new Meter.Id(meter.getName(), tags, null, meter.description(), meter.getType());
            if (closed) {
                return;
            }
            Taken<Gauge> taken = shared.take(id, registration, total, value);
            if (taken.ours()) {
                givingUp.add(() -> shared.giveUp(taken.meter(), value));
            } else {
                gaugesOfOthers.add(taken.meter().getId());
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The gauges that do not show this application's values, since someone else had registered them before.
     *
     * @return their ids, with what the registry's filters made of them
     */
    List<Meter.Id> gaugesOfOthers() {
        lock.lock();
        try {
            return List.copyOf(gaugesOfOthers);
        } finally {
            lock.unlock();
        }
    }

    /** Gives up the meters: those that nobody else has are removed from the registry, others no longer count this one. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            givingUp.forEach(MeterLease::tryToRun);
            givingUp.clear();
        } finally {
            lock.unlock();
        }
    }

    /** A registry may throw at one meter; the others leave all the same. */
    private static void tryToRun(Runnable givingUp) {
        try {
            givingUp.run();
        } catch (RuntimeException e) {
            logger.warn("A meter could not be removed from its MeterRegistry", e);
        }
    }
}
