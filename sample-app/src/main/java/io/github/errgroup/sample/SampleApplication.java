package io.github.errgroup.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the sample application. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SampleApplication {
    /**
     * Starts it.
     *
     * @param args Spring Boot's own, such as {@code --server.port=0}
     */
    public static void main(String[] args) {
        SpringApplication.run(SampleApplication.class, args);
    }
}
