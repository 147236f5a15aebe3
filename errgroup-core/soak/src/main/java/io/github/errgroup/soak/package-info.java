/**
 * The soak: mixed load on the engine for minutes, and a judge. {@code Owner}s run {@code Episode}s, each a {@code Plan}
 * that the {@code Mix} draws; a {@code Ledger} counts what one group's tasks did, with nothing of the engine's, and the
 * {@code Verdict} holds both together when the group has ended. Every minute the {@code QuietPoint} stops the load and
 * looks at what must be left: nothing. What is broken goes to {@code Violations}, what hangs to the {@code Watchdog}.
 */
@NullMarked
package io.github.errgroup.soak;

import org.jspecify.annotations.NullMarked;
