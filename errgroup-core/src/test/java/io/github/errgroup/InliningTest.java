package io.github.errgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * HotSpot inlines no method with a parameter or a result of a class that is not loaded, however hot it is, and most groups do
 * without much of what the engine's methods name: so the engine loads it all.
 */
@Tag("slow")
class InliningTest {
    private static final String LEFT_OUT = "unloaded signature classes";

    @Test
    void no_method_of_ours_is_left_out_for_a_class_in_its_signature_that_was_never_loaded() throws Exception {
        assumeTrue(System.getProperty("java.vm.name").matches("(OpenJDK|Java HotSpot).*"), "it tells what it inlines");
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:+PrintInlining",
                        "-Xbatch",
                        "-XX:-TieredCompilation",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlainGroups.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> said;
        int exit;
        try {
            said = jvm.inputReader().lines().toList();
            exit = jvm.waitFor();
        } finally {
            jvm.destroyForcibly();
        }

        assertThat(exit).as(() -> String.join("\n", said)).isZero();
        assertThat(said).filteredOn(line -> line.contains(LEFT_OUT)).anyMatch(line -> line.contains("::control"));
        assertThat(said).anyMatch(line -> line.contains(TaskRun.class.getName() + "::call"));
        assertThat(said)
                .filteredOn(line -> line.contains(LEFT_OUT) && line.contains("io.github.errgroup"))
                .allMatch(line -> line.contains("::control"));
    }

    /** Groups as most users have them: neither context, nor a shared limit, nor a time for anything. */
    static final class PlainGroups {
        private PlainGroups() {}

        public static void main(String[] args) throws Exception {
            ErrGroups fresh = ErrGroups.of(o -> {});
            ErrGroups few = ErrGroups.of(o -> o.limit(4).reuseThreads(true));
            for (int round = 0; round < 8_000; round++) {
                for (ErrGroups groups : List.of(fresh, few)) {
                    try (ErrGroup outer = groups.open("outer")) {
                        outer.go(() -> {});
                        Subtask<Integer> answer = outer.go(() -> 1);
                        outer.await();
                        answer.get();
                    }
                }
            }
            for (int round = 0; round < 300; round++) {
                few.map("map", IntStream.range(0, 100).boxed().toList(), number -> number + 1);
            }
            System.out.println(Control.run());
        }
    }

    /** What the JVM must tell that it left out: else the test would not see it of others either. */
    private static final class Control {
        private Control() {}

        /** Is compiled before what it calls now and then, which would load what that names. */
        static int run() {
            int sum = 0;
            for (int round = 0; round < 100_000; round++) {
                sum = round % 8 == 0 ? control(sum, null) : sum + round;
            }
            return sum;
        }

        private static int control(int number, @Nullable NeverLoaded never) {
            return never == null ? number + 1 : number;
        }
    }

    /** Of this class there is no object. */
    private static final class NeverLoaded {}
}
