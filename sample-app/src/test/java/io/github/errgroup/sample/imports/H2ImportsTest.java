package io.github.errgroup.sample.imports;

/** On the embedded database. */
class H2ImportsTest extends ImportsTest {}
