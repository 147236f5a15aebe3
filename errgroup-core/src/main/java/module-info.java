/**
 * Go's {@code errgroup} for Java: see {@link io.github.errgroup}.
 */
module io.github.errgroup {
    requires static transitive org.jspecify;

    exports io.github.errgroup;
}
