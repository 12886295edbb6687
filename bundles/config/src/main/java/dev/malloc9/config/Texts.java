package dev.malloc9.config;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SortedMap;

/** The texts of this bundle: names, descriptions and messages. */
final class Texts {

    static final String NAME = "malloc9 kernel";
    static final String DESCRIPTION =
            "The knobs that can be written while the kernel runs. Tunables that hold from boot on stand in loader.conf.";

    /** The largest number of code points of a text in a message; the rest is cut off. */
    private static final int LONGEST = 512;

    private Texts() {}

    static String waiting(String what) {
        return what + ": its value waits until a driver brings it";
    }

    static String severalValues(String name) {
        return "oid '" + line(name) + "': several values where there is one";
    }

    static String outside(String value, String bounds) {
        return "'" + line(value) + "' is no value: " + bounds;
    }

    static String notKept(String name, Exception why) {
        return "oid '" + name + "' is set, and cannot be kept: " + line(String.valueOf(why.getMessage()));
    }

    static String threw(String name, RuntimeException thrown) {
        return "oid '" + line(name) + "': its driver threw " + line(String.valueOf(thrown));
    }

    static String all(SortedMap<String, String> refused) {
        return String.join("; ", refused.values());
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * Returns a foreign text as part of one line. Control and format characters, surrogates and line separators are escaped, and a text
     * that is too long is cut off.
     */
    static String line(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> line.append(String.format(Locale.ROOT, "\\u%04x", c));
                default -> line.appendCodePoint(c);
            }
        });
        return text.codePointCount(0, text.length()) > LONGEST ? line + "..." : line.toString();
    }
}
