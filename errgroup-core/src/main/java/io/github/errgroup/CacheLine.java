package io.github.errgroup;

/**
 * Room before the fields of a subclass: as long as a cache line of most processors, 64 bytes, so that none of them lies on one
 * with what was allocated before. HotSpot lays out a superclass's fields first, those of one class by size.
 */
abstract class CacheLine {
    /** Fills the gap behind the object's header, where the JVM would put a subclass's field otherwise. */
    int room0;

    long room1;
    long room2;
    long room3;
    long room4;
    long room5;
    long room6;
    long room7;
    long room8;
}
