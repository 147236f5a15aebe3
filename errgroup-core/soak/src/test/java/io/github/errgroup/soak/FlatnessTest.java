package io.github.errgroup.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlatnessTest {
    @Test
    void the_first_third_sets_the_level_and_breaks_nothing() {
        Flatness flatness = new Flatness(9);

        assertThat(flatness.settling()).isEqualTo(3);
        assertThat(flatness.add(minute(10, 30))).isEmpty();
        assertThat(flatness.add(minute(100, 300))).isEmpty();
        assertThat(flatness.add(minute(1_000, 3_000))).isEmpty();
    }

    @Test
    void later_minutes_may_be_above_the_highest_first_one_by_the_slack() {
        Flatness flatness = new Flatness(6);
        flatness.add(minute(10, 30));
        flatness.add(minute(20, 32));

        assertThat(flatness.add(minute(29, 36))).isEmpty(); // 20 and a quarter and 4; 32 and 4
    }

    @Test
    void more_heap_is_told() {
        Flatness flatness = new Flatness(2);
        flatness.add(minute(20, 30));

        assertThat(flatness.add(minute(29.1, 30)))
                .singleElement()
                .asString()
                .contains("heap")
                .contains("29.1")
                .contains("20");
    }

    @Test
    void more_threads_are_told() {
        Flatness flatness = new Flatness(2);
        flatness.add(minute(20, 30));

        assertThat(flatness.add(minute(20, 35)))
                .singleElement()
                .asString()
                .contains("threads")
                .contains("35")
                .contains("30");
    }

    @Test
    void one_minute_alone_sets_the_level() {
        assertThat(new Flatness(1).settling()).isEqualTo(1);
        assertThat(new Flatness(100).settling()).isEqualTo(3);
    }

    private static Minute minute(double heap, int threads) {
        return new Minute(1, 0, 0, 0, 0, 0, 0, threads, heap, 0, 0, 0, 0, 0);
    }
}
