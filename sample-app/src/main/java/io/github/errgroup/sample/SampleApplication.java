package io.github.errgroup.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** Starts the sample application. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SampleApplication {
    private static final Logger log = LoggerFactory.getLogger(SampleApplication.class);

    /**
     * Starts it.
     *
     * @param args properties, such as {@code --server.port=0}
     */
    public static void main(String[] args) {
        SpringApplication.run(SampleApplication.class, args);
    }

    /** The last line that the start logs says what to open. */
    @EventListener
    void ready(ApplicationReadyEvent event) {
        Environment environment = event.getApplicationContext().getEnvironment();
        String port = environment.getProperty("local.server.port");
        if (port != null) {
            log.info("open http://{}:{}/", environment.getProperty("server.address", "127.0.0.1"), port);
        }
    }
}
