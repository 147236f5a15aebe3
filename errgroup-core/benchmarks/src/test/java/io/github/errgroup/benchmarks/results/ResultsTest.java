package io.github.errgroup.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
    @Test
    void ratio_is_the_median_over_the_median_of_the_reference_at_start_and_end() {
        Results results = Results.of(List.of(
                figure("by-hand", 90),
                figure("errgroup-fresh", 500),
                figure("by-hand", 110),
                figure("by-hand", 1_000),
                figure("errgroup-fresh", 105),
                figure("by-hand", 95),
                figure("errgroup-fresh", 70)));

        Row ours =
                results.row("one", "three-tasks", "virtual", "errgroup-fresh").orElseThrow();

        assertThat(ours.nanos()).isEqualTo(105);
        assertThat(ours.ratio()).isEqualTo(105 / 102.5);
        assertThat(ours.worstRatio()).isEqualTo(500 / 102.5);
    }

    @Test
    void figures_of_another_caller_or_size_are_another_panel() {
        Results results = Results.of(List.of(
                figure("by-hand", 100),
                new Figure("one", "three-tasks", "platform", "by-hand", 3, 1, 8_000, 8_000, 1),
                new Figure("one", "three-tasks", "platform", "errgroup-fresh", 3, 1, 4_000, 4_000, 1)));

        assertThat(results.row("one", "three-tasks", "platform", "errgroup-fresh"))
                .hasValueSatisfying(row -> assertThat(row.ratio()).isEqualTo(0.5));
    }

    @Test
    void each_round_is_a_ratio_of_its_own() {
        Results results = Results.of(List.of(
                figure("by-hand", 1, 200),
                figure("errgroup-fresh", 1, 300),
                figure("jox", 1, 400),
                figure("by-hand", 2, 100),
                figure("errgroup-fresh", 2, 140),
                figure("by-hand", 3, 90),
                figure("errgroup-fresh", 3, 117)));

        assertThat(results.row("one", "three-tasks", "virtual", "errgroup-fresh"))
                .hasValueSatisfying(row -> {
                    assertThat(row.nanos()).isEqualTo(140);
                    assertThat(row.ratio()).isEqualTo(1.4);
                    assertThat(row.cpuRatio()).isEqualTo(1.4);
                    assertThat(row.worstRatio()).isEqualTo(1.5);
                });
        assertThat(results.row("one", "three-tasks", "virtual", "jox"))
                .hasValueSatisfying(row -> assertThat(row.ratio()).isEqualTo(2));
        assertThat(results.row("one", "three-tasks", "virtual", "by-hand"))
                .hasValueSatisfying(row -> assertThat(row.ratio()).isEqualTo(1));
    }

    @Test
    void a_round_without_a_reference_has_no_ratio() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Results.of(List.of(figure("by-hand", 1, 1), figure("errgroup-fresh", 2, 1))))
                .withMessageContaining("round 2: must have figures of by-hand");
    }

    @Test
    void without_a_reference_there_is_no_ratio() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Results.of(List.of(figure("errgroup-fresh", 1))))
                .withMessageContaining("must have figures of by-hand");
    }

    @Test
    void a_line_is_read_as_it_was_written() {
        Figure figure = new Figure("both", "limit-10", "platform", "jox", 100_000, 2, 1234.5, 678.25, 91);

        assertThat(Figure.parse(figure.toLine())).isEqualTo(figure);
    }

    private static Figure figure(String rival, double nanos) {
        return figure(rival, 1, nanos);
    }

    private static Figure figure(String rival, int round, double nanos) {
        return new Figure("one", "three-tasks", "virtual", rival, 3, round, nanos, nanos, 1_000);
    }
}
