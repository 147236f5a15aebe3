/**
 * The importer: a pipeline preprocess → validate → save, whose stages are tasks of one group connected by bounded
 * queues. The first bad row stops them all, and the transaction inside the save task is rolled back.
 */
@NullMarked
package io.github.errgroup.sample.imports;

import org.jspecify.annotations.NullMarked;
