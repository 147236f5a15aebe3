/**
 * The importer: a pipeline of three stages, preprocess → validate → save. They are tasks of one group, connected by bounded
 * queues. The first bad row cancels them all, and the transaction of the last stage is rolled back.
 */
@NullMarked
package io.github.errgroup.sample.imports;

import org.jspecify.annotations.NullMarked;
