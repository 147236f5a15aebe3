package io.github.errgroup.spring.autoconfigure;

/**
 * A singleton into which a group was injected, for the message.
 *
 * @param bean the bean's name
 * @param type its class
 * @param place the field or parameter, in words
 */
record SingletonOwner(String bean, String type, String place) {
    @Override
    public String toString() {
        return "singleton bean '" + bean + "' (" + type + ", " + place + ")";
    }
}
