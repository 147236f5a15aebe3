package io.github.errgroup.sample.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
class DataDirectoryTest {
    @TempDir
    private Path folder;

    private Path directory;

    @BeforeEach
    void name() {
        directory = folder.resolve("data");
    }

    @Nested
    class Unset {
        @Test
        void a_new_directory_is_made_that_only_its_owner_can_enter_and_it_is_deleted_at_the_end() throws IOException {
            Path first;
            try (DataDirectory taken = DataDirectory.take(null);
                    DataDirectory second = DataDirectory.take(null)) {
                first = path(taken);
                assertThat(path(second)).isNotEqualTo(first);
                assertThat(permissions(first)).isEqualTo("rwx------");
                Files.writeString(first.resolve("products.mv.db"), "x");
            }
            assertThat(first).doesNotExist();
        }
    }

    @Nested
    class Configured {
        @Test
        void the_directory_is_made_so_that_only_its_owner_can_enter_and_it_is_kept() throws IOException {
            try (DataDirectory taken = DataDirectory.take(directory)) {
                assertThat(path(taken)).isEqualTo(directory.toRealPath());
                assertThat(permissions(directory)).isEqualTo("rwx------");
            }
            DataDirectory.take(directory).close();
            assertThat(directory).exists();
        }

        @ParameterizedTest
        @ValueSource(strings = {"rwxrwxrwx", "rwx-w--wx", "rwxr-xr-x", "rwx--x---"})
        void a_directory_that_is_open_to_others_is_refused_with_the_property_and_the_fix(String open)
                throws IOException {
            make(open);

            assertThatThrownBy(() -> DataDirectory.take(directory))
                    .isInstanceOf(UnusableDirectoryException.class)
                    .hasMessageContainingAll("sample.data-directory", directory.toString(), open, "chmod 700");
            assertThat(directory).as("touched by nobody").isEmptyDirectory();
        }

        /** Another user may have put it there before the directory was closed to others. */
        @Test
        void a_directory_with_a_file_of_another_user_is_refused() throws IOException {
            make("rwx------");
            Path planted = Files.writeString(directory.resolve("products.mv.db"), "CREATE ALIAS");
            giveAway(planted);

            assertThatThrownBy(() -> DataDirectory.take(directory))
                    .isInstanceOf(UnusableDirectoryException.class)
                    .hasMessageContainingAll("must belong", "products.mv.db' belongs to 'nobody'");
        }

        @Test
        void a_directory_of_another_user_is_refused() throws IOException {
            make("rwx------");
            giveAway(directory);

            assertThatThrownBy(() -> DataDirectory.take(directory))
                    .isInstanceOf(UnusableDirectoryException.class)
                    .hasMessageContaining("data' belongs to 'nobody'");
        }

        @Test
        void a_directory_in_use_is_refused_until_it_is_free() {
            try (DataDirectory taken = DataDirectory.take(directory)) {
                assertThat(taken).isNotNull();
                assertThatThrownBy(() -> DataDirectory.take(directory))
                        .isInstanceOf(UnusableDirectoryException.class)
                        .hasMessageContaining("must be used by no other running application");
            }
            DataDirectory.take(directory).close();
        }

        @Test
        void a_file_in_place_of_a_directory_is_refused() throws IOException {
            Files.writeString(directory, "x");

            assertThatThrownBy(() -> DataDirectory.take(directory.resolve("below")))
                    .isInstanceOf(UnusableDirectoryException.class)
                    .hasMessageContaining("must be a directory that can be made, read and written");
        }
    }

    @Nested
    @ExtendWith(OutputCaptureExtension.class)
    class The_application {
        @Test
        void a_second_application_starts_beside_the_first(CapturedOutput output) {
            try (ConfigurableApplicationContext first = run();
                    ConfigurableApplicationContext second = run()) {
                assertThat(answer(first)).isOne();
                assertThat(answer(second)).isOne();
            }
        }

        @Test
        void a_second_application_in_the_same_directory_names_the_property(CapturedOutput output) {
            String configured = "--sample.data-directory=" + directory;
            try (ConfigurableApplicationContext first = run(configured)) {
                assertThat(answer(first)).isOne();
                assertThatThrownBy(() -> run(configured).close())
                        .hasRootCauseInstanceOf(UnusableDirectoryException.class);
            }
            assertThat(output)
                    .contains("APPLICATION FAILED TO START")
                    .contains("Start it with --sample.data-directory=");
        }

        @Test
        void with_another_database_no_directory_is_taken() {
            try (ConfigurableApplicationContext application = run("--spring.datasource.url=jdbc:h2:mem:other")) {
                assertThat(application.getBeanProvider(DataDirectory.class)).isEmpty();
                assertThat(answer(application)).isOne();
            }
        }

        private ConfigurableApplicationContext run(String... args) {
            SpringApplication application = new SpringApplication(Database.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            String[] all = new String[args.length + 1];
            System.arraycopy(args, 0, all, 0, args.length);
            all[args.length] = "--spring.config.location=optional:classpath:none.yaml"; // not the sample's
            return application.run(all);
        }

        private int answer(ConfigurableApplicationContext application) {
            return application
                    .getBean(JdbcClient.class)
                    .sql("SELECT 1")
                    .query(Integer.class)
                    .single();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(EmbeddedDatabaseConfiguration.class)
    static class Database {}

    private void make(String permissions) throws IOException {
        Files.createDirectory(directory);
        // After its creation: there the umask of the process would take some permissions away.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    /** Only root can do this. */
    private static void giveAway(Path path) throws IOException {
        UserPrincipal nobody =
                FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        try {
            Files.setOwner(path, nobody);
        } catch (IOException e) {
            Assumptions.abort("a file can be given away by root only: " + e);
        }
    }

    private static Path path(DataDirectory directory) {
        return Path.of(directory.url("").replaceFirst("^jdbc:h2:async:", "").replaceFirst(";.*$", ""));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
