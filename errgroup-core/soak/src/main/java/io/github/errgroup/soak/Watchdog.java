package io.github.errgroup.soak;

import io.github.errgroup.ErrGroup;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends the process, with all that can be known, when something takes longer than it can take unless it hangs. */
final class Watchdog {
    /** The status that a hang ends with. */
    static final int STATUS = 3;

    private final World world;

    private final List<Activity> watched;

    private final Duration patience;

    private final CountDownLatch over = new CountDownLatch(1);

    /**
     * Watches from now on.
     *
     * @param watched what is watched
     * @param patience how long one thing may take
     */
    Watchdog(World world, List<Activity> watched, Duration patience) {
        this.world = world;
        this.watched = List.copyOf(watched);
        this.patience = patience;
        Thread thread = new Thread(null, this::watch, "soak-watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    void close() {
        over.countDown();
    }

    private void watch() {
        try {
            while (!over.await(1, TimeUnit.SECONDS)) {
                for (Activity activity : watched) {
                    Activity.Step step = activity.step();
                    if (step != null && System.nanoTime() - step.nanos() > patience.toNanos()) {
                        hang(step);
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the watchdog", e);
        }
    }

    private void hang(Activity.Step step) {
        try {
            System.out.println("HANG (seed " + world.seed() + "): for more than " + patience + ": " + step.what());
            System.out.println("live groups:");
            for (ErrGroup group : world.groups().live()) {
                System.out.println("  " + group.snapshot());
            }
            System.out.println("threads:");
            dump();
        } finally {
            System.out.flush();
            Runtime.getRuntime().halt(STATUS);
        }
    }

    private static void dump() {
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            System.out.println(
                    "\"" + thread.getKey().getName() + "\" " + thread.getKey().getState());
            for (StackTraceElement frame : thread.getValue()) {
                System.out.println("    at " + frame);
            }
        }
        try {
            dumpVirtual();
        } catch (ReflectiveOperationException | IOException e) {
            System.out.println(
                    "no dump of virtual threads on Java " + Runtime.version().feature() + ": " + e);
        }
    }

    /** {@code HotSpotDiagnosticMXBean.dumpThreads}, since Java 21, which tells virtual threads too. */
    private static void dumpVirtual() throws ReflectiveOperationException, IOException {
        Class<?> diagnostics = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
        Class<?> format = Class.forName("com.sun.management.HotSpotDiagnosticMXBean$ThreadDumpFormat");
        Object text = format.getField("TEXT_PLAIN").get(null);
        Path file = Files.createTempDirectory("soak").resolve("threads.txt");
        diagnostics
                .getMethod("dumpThreads", String.class, format)
                .invoke(
                        ManagementFactory.getPlatformMXBean(
                                diagnostics.asSubclass(java.lang.management.PlatformManagedObject.class)),
                        file.toString(),
                        text);
        System.out.println(Files.readString(file));
    }
}
