package io.github.errgroup.interleavings;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Turns down a JVM with biased locking: where a JDK still has it, jcstress runs each test a second time with it, though it is
 * off unless asked for. And puts a fault into the engine of a JVM that runs one test: jcstress loads the test's runner before anything of the
 * engine, and its name tells which fault is meant. So one run of jcstress looks for many faults, and finds out once only
 * what the machine is like, which takes longer than to find a fault.
 */
public final class FaultAgent implements ClassFileTransformer {
    private static final String ENGINE = "io/github/errgroup/";

    /** What jcstress adds to the name of a test for the name of its runner. */
    private static final String RUNNER = "_jcstress";

    /** Folders with faulty classes, by the tests' binary names. */
    private final Map<Object, Object> folders;

    /** The folder for the one test of this JVM, from when it is known. */
    private volatile @Nullable Path folder;

    private FaultAgent(Map<Object, Object> folders) {
        this.folders = folders;
    }

    /**
     * Called by the JVM.
     *
     * @param choice a file of properties: folders with faulty classes, by the tests' binary names; none on the engine as
     *     it is
     */
    public static void premain(@Nullable String choice, Instrumentation instrumentation) throws IOException {
        if (ManagementFactory.getRuntimeMXBean().getInputArguments().contains("-XX:+UseBiasedLocking")) {
            throw new IllegalStateException("not with biased locking");
        }
        if (choice != null) {
            instrumentation.addTransformer(new FaultAgent(read(Path.of(choice))));
        }
    }

    /** Writes the file that {@link #premain} reads. */
    static void write(Iterable<Fault> faults, Path choice) throws IOException {
        Properties folders = new Properties();
        for (Fault fault : faults) {
            folders.setProperty(fault.test().getName(), fault.classes().toString());
        }
        try (var writer = Files.newBufferedWriter(choice)) {
            folders.store(writer, null);
        }
    }

    private static Properties read(Path choice) throws IOException {
        Properties folders = new Properties();
        try (Reader reader = Files.newBufferedReader(choice)) {
            folders.load(reader);
        }
        return folders;
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        if (name == null || !name.startsWith(ENGINE)) {
            return null;
        }
        if (name.endsWith(RUNNER)) {
            String test = name.substring(0, name.length() - RUNNER.length()).replace('/', '.');
            folder = Path.of((String) folders.get(test));
            return null;
        }
        Path chosen = folder;
        Path faulty = chosen == null ? null : chosen.resolve(name + ".class");
        try {
            return faulty != null && Files.exists(faulty) ? Files.readAllBytes(faulty) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
