package io.github.errgroup.spring.autoconfigure;

/**
 * A bean that threads share, and into which a group was injected; for the message.
 *
 * @param scope the bean's scope: {@code singleton}, {@code session}, any other than prototype and request
 * @param bean the bean's name
 * @param type its class
 * @param place the field or parameter, in words
 */
record SharedOwner(String scope, String bean, String type, String place) {
    @Override
    public String toString() {
        return scope + " bean '" + bean + "' (" + type + ", " + place + ")";
    }
}
