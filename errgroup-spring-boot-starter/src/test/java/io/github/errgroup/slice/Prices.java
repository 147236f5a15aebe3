package io.github.errgroup.slice;

/** What the controller asks. */
interface Prices {
    long find(String sku);
}
