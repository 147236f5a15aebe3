package io.github.errgroup.model;

/**
 * The group that a program runs on.
 *
 * @param limit -1 for none
 * @param sharedLimit -1 for none
 */
record Setting(
        Place place, int limit, int sharedLimit, boolean cancelOnError, boolean interruptOnCancel, Ending ending) {}
