package io.github.errgroup;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a user's object says of itself, for a message: it may throw when asked, and no task may be lost for that. */
final class UserText {
    private UserText() {}

    static String of(Object object) {
        return String.valueOf(asked(object, object::toString));
    }

    /** An object that has no text of its own, as a lambda, is told by its class. */
    static String orClassOf(Object object) {
        String text = of(object);
        String type = object.getClass().getName();
        if (!text.startsWith(type + "@")) {
            return text;
        }
        int lambda = type.indexOf("$$Lambda");
        String named = lambda < 0 ? type : type.substring(0, lambda);
        return (lambda < 0 ? "" : "lambda in ") + named.substring(named.lastIndexOf('.') + 1);
    }

    static @Nullable String messageOf(Throwable thrown) {
        return asked(thrown, thrown::getMessage);
    }

    private static @Nullable String asked(Object object, Supplier<@Nullable String> question) {
        try {
            return question.get();
        } catch (Throwable e) {
            return object.getClass().getName() + " (whose text cannot be had: "
                    + e.getClass().getName() + ")";
        }
    }
}
