package io.github.errgroup.sample.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.sample.suppliers.SupplierAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A shell runs the commands of both READMEs, with other ports; and a second time, to see that the first left nothing. */
@ExtendWith(RequiresCurl.class)
@Timeout(120)
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.profiles.active=offline",
            "sample.suppliers.port=0",
            "spring.test.metrics.export=true",
            "errgroup.groups.quote.timeout=5s",
            "errgroup.straggler-grace=500ms"
        })
@ExtendWith(OutputCaptureExtension.class)
class ReadmeCommandsTest {
    private static final Pattern BLOCK = Pattern.compile("^```\\w*\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    @LocalServerPort
    private int port;

    @Autowired
    private SupplierAddress suppliers;

    @RepeatedTest(2)
    void each_block_of_commands_gets_the_answer_that_the_text_promises(@TempDir Path directory, CapturedOutput log)
            throws Exception {
        List<String> answers = new ArrayList<>();
        for (String block : blocks()) {
            answers.add(run(block, directory));
        }

        assertThat(answers)
                .satisfiesExactly(
                        has("\"sku\":\"SKU-0001\"", "\"name\":\"errgroup.task\""),
                        has("\"sku\":\"SKU-0001\"", "\"shipping\":{\"days\":14}"),
                        has("\"failureRate\":1.0", "'stock'", "\"status\":502", "\"failureRate\":0.0"),
                        has("\"delayMs\":6000", "'shipping'", "\"status\":504"),
                        has("\"straggler\":true", "\"sku\":\"SKU-0001\"", "\"shipping\":{\"delayMs\":80,"),
                        has("\"name\":\"errgroup.task\"", "\"quote\":{", "errgroup_task_seconds_count"),
                        has("\"limit\":3", "\"limit\":20"),
                        has("price/SKU-0001", "stock/SKU-0001", "reviews/SKU-0001", "\"status\":200"),
                        has("\"status\":422", "\"line\":3", "\"value\":\"cheap\""),
                        has("\"saved\":20000", "\"saved\":20000"));
        assertThat(log).contains("shipping").contains("still runs").contains("StragglingSuppliers.ask");
    }

    /** The answer has these texts in this order. */
    private static Consumer<String> has(String... texts) {
        return answer -> assertThat(answer).containsSubsequence(texts);
    }

    /** The blocks that call the application, first the project's and then the sample's; a cluster has a test of its own. */
    private static List<String> blocks() throws IOException {
        return BLOCK.matcher(Files.readString(Path.of("..", "README.md")) + Files.readString(Path.of("README.md")))
                .results()
                .map(block -> block.group(1))
                .distinct()
                .filter(block -> block.contains(":8080") && block.contains("curl") && !block.contains("cluster"))
                .toList();
    }

    private String run(String block, Path directory) throws IOException, InterruptedException {
        String commands = block.replace(":8080", ":" + port)
                .replace(":8081", ":" + suppliers.baseUrl().getPort());
        Process shell = new ProcessBuilder("bash", "-e", "-c", commands)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).as(commands + output).isZero();
        return output;
    }
}
