package io.github.errgroup.spring.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that tells the groups that they are in a test slice ({@code @WebMvcTest} and
 * its like), which lacks some beans of the application: so the start does not fail for an {@code errgroup.executor.bean}
 * that is not there. Only the slices' own {@code .imports} files name this class.
 */
@AutoConfiguration
public final class ErrGroupTestSliceAutoConfiguration {
    ErrGroupTestSliceAutoConfiguration() {}

    @Bean
    TestSlice errGroupTestSlice() {
        return new TestSlice();
    }

    /** That this context is a slice. */
    record TestSlice() {}
}
