/** A module that requires the core, and nothing else. */
module stranger.module {
    requires io.github.errgroup;
}
