package io.github.errgroup.sample.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.errgroup.ErrGroups;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page in a real browser. */
@ExtendWith(RequiresChromium.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class PageIT {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static ChromeDriver chrome;

    @LocalServerPort
    private int port;

    @Autowired
    private ErrGroups groups;

    @BeforeAll
    static void startBrowser() {
        chrome = Chromium.start();
    }

    @AfterAll
    static void quitBrowser() {
        if (chrome != null) {
            chrome.quit();
        }
    }

    @BeforeEach
    void open() {
        Chromium.show(chrome, 1100, 1000, "light");
        chrome.get("http://127.0.0.1:" + port + "/");
        // Drops what the page of an earlier test has logged.
        forgetWhatTheConsoleSaid();
    }

    private static void forgetWhatTheConsoleSaid() {
        chrome.manage().logs().get(LogType.BROWSER);
    }

    @AfterEach
    void the_console_is_empty_and_no_group_is_left() {
        List<LogEntry> said = chrome.manage().logs().get(LogType.BROWSER).getAll();
        assertThat(said).isEmpty();
        Awaitility.await().untilAsserted(() -> assertThat(groups.live()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"storefront", "fetcher"})
    void a_line_marks_the_first_failure_and_the_rest_is_cancelled_or_skipped(String scenario) throws IOException {
        choose(scenario);
        enter("tasks", "24");
        enter("failAt", "9");
        slide("limit", 6);

        run();
        await(() -> bars("running") > 0 && bars("waiting") > 0);
        awaitEnd();

        assertThat(status())
                .startsWith("Ended: failed")
                .containsPattern("First failure: .* at \\d+ ms: [A-Za-z$]+: .*503")
                .contains("Cancelled by failure");
        assertThat(bars("failed")).isOne();
        assertThat(bars("cancelled")).isPositive();
        assertThat(bars("skipped")).isPositive();
        assertThat(bars("succeeded") + bars("failed") + bars("cancelled") + bars("skipped"))
                .isEqualTo(24);
        WebElement marker = chrome.findElement(By.id("marker"));
        assertThat(marker.isDisplayed()).isTrue();
        assertThat(marker.getText()).startsWith("first failure");
        await(() -> !meter("tasks cancelled").equals("–")
                && !meter("tasks cancelled").equals("0"));
        screenshot(scenario + "-failure");
    }

    @Test
    void without_a_failure_every_bar_succeeds() {
        choose("storefront");
        enter("tasks", "8");
        enter("failAt", "");
        slide("limit", 8);

        run();
        awaitEnd();

        assertThat(status()).startsWith("Ended: succeeded");
        assertThat(bars("succeeded")).isEqualTo(8);
        assertThat(chrome.findElement(By.id("marker")).isDisplayed()).isFalse();
    }

    @Test
    void without_cancelling_on_error_all_the_others_succeed() {
        choose("fetcher");
        enter("tasks", "8");
        enter("failAt", "2");
        slide("limit", 8);
        chrome.findElement(By.id("cancelOnError")).click();

        run();
        awaitEnd();

        assertThat(bars("failed")).isOne();
        assertThat(bars("succeeded")).isEqualTo(7);
    }

    @Test
    void a_deadline_cancels_the_group() {
        choose("storefront");
        enter("tasks", "20");
        enter("failAt", "");
        enter("deadline", "400");
        slide("limit", 4);

        run();
        awaitEnd();

        assertThat(status()).startsWith("Ended: timed out").contains("Cancelled by timeout");
        assertThat(bars("skipped")).isPositive();
    }

    @Test
    void the_first_success_of_a_race_is_marked_and_the_losers_are_hatched() throws IOException {
        choose("race");
        assertThat(chrome.findElement(By.id("cancelOnError")).isDisplayed()).isFalse();

        run();
        await(() -> bars("running") > 0);
        awaitEnd();

        assertThat(status())
                .startsWith("Ended: succeeded")
                .containsPattern("First success: mirror \\d+ at \\d+ ms")
                .contains("The first success cancelled the rest");
        assertThat(bars("succeeded")).isPositive();
        assertThat(bars("cancelled")).isPositive();
        assertThat(bars("succeeded") + bars("failed") + bars("cancelled") + bars("skipped"))
                .isEqualTo(12);
        assertThat(chrome.findElement(By.id("marker")).getText()).startsWith("first success, ");
        await(() -> !meter("tasks cancelled").equals("–"));
        screenshot("race");
    }

    @Test
    void settle_shows_failed_and_late_tasks_beside_those_that_arrived() throws IOException {
        choose("settle");

        run();
        awaitEnd();

        assertThat(status())
                .startsWith("Ended: settled with " + bars("succeeded") + " of 16, ")
                .contains("Cancelled by timeout");
        assertThat(bars("cancelled")).isPositive();
        assertThat(bars("succeeded") + bars("failed") + bars("cancelled") + bars("skipped"))
                .isEqualTo(16);
        assertThat(chrome.findElement(By.id("marker")).getText()).startsWith("deadline, ");
        await(() -> !meter("tasks cancelled").equals("–"));
        screenshot("settle");
    }

    @Test
    void the_button_cancels_the_group() throws IOException {
        choose("fetcher");
        enter("tasks", "20");
        enter("failAt", "");
        slide("limit", 3);

        run();
        await(() -> bars("running") == 3);
        // The live tree is beside it.
        await(() -> chrome.findElement(By.id("tree")).getText().startsWith("fetch: open, limit 3"));
        // Of each task it shows the line of code that waits, and not the JDK's method that parks.
        await(() -> {
            String tree = chrome.findElement(By.id("tree")).getText();
            return tree.contains(" at org.apache.hc.") && !tree.contains("park");
        });
        screenshot("fetcher-running");
        chrome.findElement(By.id("cancel")).click();
        awaitEnd();

        assertThat(status()).startsWith("Ended: cancelled").contains("Cancelled by explicit");
        assertThat(bars("skipped")).isPositive();
        assertThat(bars("running")).isZero();
        assertThat(chrome.findElement(By.id("cancel")).isEnabled()).isFalse();
    }

    @Test
    void the_slider_changes_the_limit_while_the_group_runs() {
        choose("fetcher");
        enter("tasks", "60");
        enter("failAt", "");
        slide("limit", 2);

        run();
        await(() -> bars("running") == 2);
        slide("limit", 20);

        await(() -> bars("running") > 10);
        chrome.findElement(By.id("cancel")).click();
        awaitEnd();
    }

    @Test
    void typing_a_number_of_tasks_does_not_change_the_chosen_limit() {
        choose("fetcher");
        enter("tasks", "24");
        slide("limit", 6);

        enter("tasks", "100"); // by way of 1 and 10

        assertThat(limit()).isEqualTo("6");
        run();
        await(() -> bars("running") == 6);
        chrome.findElement(By.id("cancel")).click();
        awaitEnd();
    }

    @Test
    void the_page_shows_a_limit_that_the_endpoint_has_set() throws Exception {
        choose("fetcher");
        enter("tasks", "60");
        enter("failAt", "");
        slide("limit", 2);

        run();
        await(() -> bars("running") == 2);
        override(HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"limit\":70}")));
        try {
            await(() -> limit().equals("70"));
            chrome.findElement(By.id("cancel")).click();
            awaitEnd();
            // Also for a new run: the endpoint wins over what the run asks for.
            enter("tasks", "4");
            run();
            await(() -> limit().equals("70"));
            awaitEnd();
        } finally {
            override(HttpRequest.newBuilder().DELETE());
        }
    }

    @Test
    void an_error_is_shown_until_the_user_does_something_else() {
        choose("fetcher");
        enter("tasks", "30");
        enter("failAt", "");
        slide("limit", 3);
        run();
        await(() -> bars("running") == 3);

        chrome.executeCdpCommand("Network.enable", Map.of());
        chrome.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of("*/runs/*")));
        chrome.findElement(By.id("cancel")).click();
        await(() -> error().equals("The server cannot be reached."));
        long ended = bars("succeeded");
        await(() -> bars("succeeded") > ended); // the page went on drawing
        assertThat(error()).isEqualTo("The server cannot be reached.");
        chrome.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of()));
        chrome.findElement(By.id("cancel")).click();
        await(() -> error().isEmpty());
        awaitEnd();
        forgetWhatTheConsoleSaid();
    }

    @Test
    void a_refused_run_says_why() {
        chrome.executeScript("document.getElementById('deadline').removeAttribute('min')");
        enter("deadline", "49");

        run();

        await(() -> error().equals("deadlineMs '49': must be from 50 to 60000"));
        assertThat(chrome.findElement(By.id("error")).getAriaRole()).isEqualTo("alert");
        assertThat(chrome.findElement(By.id("run")).isEnabled()).isTrue();
        forgetWhatTheConsoleSaid();
    }

    @Test
    void an_import_has_no_limit_to_choose() {
        choose("importer");
        assertThat(chrome.findElement(By.id("limit")).isDisplayed()).isFalse();

        choose("storefront");
        assertThat(chrome.findElement(By.id("limit")).isDisplayed()).isTrue();
    }

    @Test
    void an_import_is_three_bars_that_succeed_and_its_rows_are_counted() throws IOException {
        choose("importer");
        enter("tasks", "10");
        enter("failAt", "");

        run();
        awaitEnd();

        assertThat(bars("succeeded")).isEqualTo(3);
        await(() -> status().contains("10,000 read, 10,000 checked, 10,000 saved"));
        screenshot("importer");
    }

    @Test
    void a_bad_row_fails_the_second_stage_and_cancels_the_others() throws IOException {
        choose("importer");
        enter("tasks", "20");
        enter("failAt", "8");

        run();
        awaitEnd();

        assertThat(status()).contains("First failure: validate");
        assertThat(bars("failed")).isOne();
        assertThat(bars("cancelled")).isEqualTo(2);
        await(() -> status().endsWith("saved and rolled back."));
        screenshot("importer-failure");
    }

    @Test
    void the_keyboard_is_enough() {
        enter("tasks", "4");
        WebElement failAt = chrome.findElement(By.id("failAt"));
        failAt.clear();
        failAt.sendKeys(Keys.ENTER);

        awaitEnd();

        assertThat(bars("succeeded")).isEqualTo(4);
        // The Tab key alone reaches every control.
        chrome.executeScript("document.activeElement.blur(); window.scrollTo(0, 0)");
        Set<String> reached = new HashSet<>();
        WebElement body = chrome.findElement(By.tagName("body"));
        body.sendKeys(Keys.TAB);
        for (int i = 0; i < 12; i++) {
            WebElement focused = chrome.switchTo().activeElement();
            reached.add(String.valueOf(focused.getDomAttribute("id")));
            focused.sendKeys(Keys.TAB);
        }
        assertThat(reached).contains("tasks", "failAt", "deadline", "limit", "cancelOnError", "run", "timeline");
    }

    @ParameterizedTest
    @CsvSource({"360,light", "360,dark", "1100,dark"})
    void nothing_is_wider_than_the_window_however_narrow_or_dark(int width, String scheme) throws IOException {
        Chromium.show(chrome, width, 1000, scheme);
        choose("storefront");
        enter("tasks", "16");
        enter("failAt", "6");
        slide("limit", 5);

        run();
        awaitEnd();
        await(() -> !meter("tasks failed").equals("–"));

        assertThat((Long) chrome.executeScript("return document.documentElement.scrollWidth"))
                .isLessThanOrEqualTo(width);
        screenshot("storefront-" + width + "-" + scheme);
    }

    private static void choose(String scenario) {
        chrome.findElement(By.cssSelector("input[value=" + scenario + "]")).click();
    }

    private static void enter(String id, String value) {
        WebElement field = chrome.findElement(By.id(id));
        field.clear();
        field.sendKeys(value);
    }

    /** Moves a slider by its arrow keys. */
    private static void slide(String id, int value) {
        WebElement slider = chrome.findElement(By.id(id));
        int now = Integer.parseInt(slider.getDomProperty("value"));
        Keys key = now < value ? Keys.ARROW_RIGHT : Keys.ARROW_LEFT;
        slider.sendKeys(key.toString().repeat(Math.abs(value - now)));
        assertThat(slider.getDomProperty("value")).isEqualTo(Integer.toString(value));
    }

    private static void run() {
        chrome.findElement(By.id("run")).click();
    }

    private static long bars(String state) {
        return (Long) chrome.executeScript(
                "return document.querySelectorAll('#bars li[data-state=' + arguments[0] + ']').length", state);
    }

    private void override(HttpRequest.Builder request) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/errgroups/fetch");
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.uri(uri).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
    }

    private static String limit() {
        return chrome.findElement(By.id("limit-value")).getText();
    }

    private static String error() {
        return chrome.findElement(By.id("error")).getText();
    }

    private static String status() {
        return chrome.findElement(By.id("status")).getText();
    }

    private static String meter(String words) {
        return (String) chrome.executeScript(
                "return [...document.querySelectorAll('#meters tr')]"
                        + ".find(row => row.cells[0].textContent === arguments[0])?.cells[1].textContent ?? '–'",
                words);
    }

    private static void awaitEnd() {
        await(() -> status().startsWith("Ended"));
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(30))
                .until(condition);
    }

    private static void screenshot(String name) throws IOException {
        screenshot(chrome, name);
    }

    /** Takes a picture of the whole page, and not only of what the window shows. */
    static void screenshot(ChromeDriver chrome, String name) throws IOException {
        long height = (Long) chrome.executeScript("return document.documentElement.scrollHeight");
        long width = (Long) chrome.executeScript("return window.innerWidth");
        chrome.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        Files.createDirectories(SCREENSHOTS);
        Files.write(SCREENSHOTS.resolve(name + ".png"), chrome.getScreenshotAs(OutputType.BYTES));
    }
}
