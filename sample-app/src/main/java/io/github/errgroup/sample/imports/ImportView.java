package io.github.errgroup.sample.imports;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * An import as JSON has it.
 *
 * @param id chosen by the client, or made up for it
 * @param state running, succeeded, failed or cancelled
 * @param read rows that went through the first stage
 * @param validated rows that went through the second
 * @param saved rows that went through the third; rolled back if the import did not succeed
 * @param millis from its start until now, or until its end
 * @param failure why it failed; null if it did not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ImportView(
        String id,
        String state,
        long read,
        long validated,
        long saved,
        long millis,
        @Nullable String failure) {}
