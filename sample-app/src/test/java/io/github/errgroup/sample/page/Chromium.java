package io.github.errgroup.sample.page;

import io.github.errgroup.sample.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The browser that is installed; none is ever downloaded. */
final class Chromium {
    private Chromium() {}

    static boolean isInstalled() {
        return browser().isPresent() && driver().isPresent();
    }

    private static Optional<Path> browser() {
        return find("CHROMIUM", "chromium", "chromium-browser", "google-chrome");
    }

    private static Optional<Path> driver() {
        return find("CHROMEDRIVER", "chromedriver");
    }

    private static Optional<Path> find(String variable, String... names) {
        String given = System.getenv(variable);
        if (given != null) {
            return Optional.of(Path.of(given)).filter(Files::isExecutable);
        }
        return Stream.of(names).flatMap(Requirement::onThePath).findFirst();
    }

    /** Starts it, headless, with what its console says kept for the test. */
    static ChromeDriver start() {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser().orElseThrow().toFile());
        options.addArguments(
                "--headless=new",
                // Chromium's own sandbox refuses to run as root, as in a container; it sees our own page only.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--hide-scrollbars");
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(driver().orElseThrow().toFile())
                .usingAnyFreePort()
                .build();
        return new ChromeDriver(service, options);
    }

    /** Sets width, height and color scheme of the page. It may be narrower than a window of Chromium can be. */
    static void show(ChromeDriver chrome, int width, int height, String scheme) {
        chrome.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        chrome.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", new Object[] {Map.of("name", "prefers-color-scheme", "value", scheme)}));
    }
}
