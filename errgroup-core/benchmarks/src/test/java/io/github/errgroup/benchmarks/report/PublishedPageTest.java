package io.github.errgroup.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.benchmarks.results.Figure;
import io.github.errgroup.benchmarks.results.Floor;
import io.github.errgroup.benchmarks.results.Results;
import io.github.errgroup.benchmarks.results.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What stands in the documentation is what its figures come to, and was not written by hand. */
class PublishedPageTest {
    private static final Path FOLDER = Path.of("../docs/reference/benchmarks");

    private static final Pattern ENVIRONMENT =
            Pattern.compile("\"processor\": \"(.*)\", \"system\": \"(.*)\", \"jdk\": \"(.*)\", \"date\": \"(.*)\"");

    @Test
    void the_page_is_what_the_figures_come_to() throws IOException {
        assertThat(published("README.md")).isEqualTo(Markdown.page(results(), environment()));
    }

    @Test
    void the_results_are_what_the_figures_come_to() throws IOException {
        assertThat(published("results.json")).isEqualTo(Json.document(results(), environment()));
    }

    @Test
    void the_pictures_show_the_figures() throws IOException {
        String taken = environment().line();

        assertThat(published("one-processor.svg")).isEqualTo(BarChart.draw(results(), "one", taken));
        assertThat(published("both-processors.svg")).isEqualTo(BarChart.draw(results(), "both", taken));
        assertThat(published("growth.svg")).isEqualTo(GrowthChart.draw(results(), "one", taken));
    }

    @Test
    void every_target_was_measured() throws IOException {
        Results results = results();
        assertThat(Target.all())
                .allSatisfy(target -> assertThat(target.reached(results)).isPresent());
    }

    @Test
    void every_target_that_is_missed_tells_what_was_tried() throws IOException {
        Results results = results();
        assertThat(Target.all())
                .filteredOn(target -> target.reached(results)
                        .filter(value -> !target.isMetBy(value))
                        .isPresent())
                .allSatisfy(target -> assertThat(Floor.of(target)).isPresent());
    }

    private static Results results() throws IOException {
        return Results.of(Files.readAllLines(FOLDER.resolve(Report.FIGURES)).stream()
                .skip(1)
                .map(Figure::parse)
                .toList());
    }

    private static Environment environment() throws IOException {
        Matcher taken = ENVIRONMENT.matcher(published("results.json"));
        assertThat(taken.find()).isTrue();
        return new Environment(taken.group(1), taken.group(2), taken.group(3), taken.group(4));
    }

    private static String published(String file) throws IOException {
        return Files.readString(FOLDER.resolve(file));
    }
}
