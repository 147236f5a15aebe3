package io.github.errgroup.model;

/**
 * The group that a program runs on.
 *
 * @param limit -1 for none
 * @param sharedLimit -1 for none
 * @param tolerate as the option; 0 leaves it unset
 * @param enough as the option
 * @param taskTimeout whether tasks have deadlines of their own
 */
record Setting(
        Place place,
        int limit,
        int sharedLimit,
        boolean cancelOnError,
        int tolerate,
        int enough,
        boolean taskTimeout,
        boolean interruptOnCancel,
        Ending ending) {
    /** How many failures pass (N9). */
    long tolerated() {
        return enough > 0 && tolerate == 0 ? Long.MAX_VALUE : tolerate;
    }
}
