package dev.malloc9.sysctl;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parses the numbers of a boot environment, and numbers that a user writes as text: C's notation, with an optional suffix k, m, g or t for
 * a power of 1024.
 */
final class Numbers {

    private static final String SUFFIXES = "kmgt";
    private static final int SUFFIX_BITS = 10;

    private Numbers() {}

    /**
     * Returns the number that a text stands for; case and surrounding blanks are ignored. A sign, and the prefixes 0x and 0 (octal), are
     * allowed.
     *
     * @return the number, or null if the text is not a number or does not fit into a signed number of 64 bits
     */
    static @Nullable Long parse(String text) {
        String digits = text.strip().toLowerCase(Locale.ROOT);
        if (digits.isEmpty() || digits.indexOf('#') >= 0) {
            return null;
        }
        int power = SUFFIXES.indexOf(digits.charAt(digits.length() - 1)) + 1;
        try {
            long number = Long.decode(power == 0 ? digits : digits.substring(0, digits.length() - 1));
            return Math.multiplyExact(number, 1L << (SUFFIX_BITS * power));
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }
}
