package io.github.errgroup.sample.quotes;

/** A supplier does not know the product. */
public final class UnknownSkuException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * For the product that was asked for.
     *
     * @param sku its key
     */
    public UnknownSkuException(String sku) {
        super("sku '" + sku + "': must be one that the suppliers know");
    }
}
