/**
 * Go's {@code errgroup} for Java: see {@link io.github.errgroup}.
 */
module io.github.errgroup {
    requires static org.jspecify; // not transitive: a module that uses this one compiles without it

    exports io.github.errgroup;
}
