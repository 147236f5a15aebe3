package io.github.errgroup.compatibility;

import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** The application. */
@SpringBootApplication
public class Application {
    /**
     * Starts it.
     *
     * @param args as Spring Boot's
     */
    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }

    /** Tells the name of the request's user, where Spring Security is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.security.core.context.SecurityContextHolder")
    static class Users {
        @Bean
        Supplier<String> user() {
            return () -> {
                Authentication user = SecurityContextHolder.getContext().getAuthentication();
                return user == null ? "nobody" : user.getName();
            };
        }
    }
}
