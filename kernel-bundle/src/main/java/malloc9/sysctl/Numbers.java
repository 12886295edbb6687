package malloc9.sysctl;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as a boot environment has them: C's notation, and one of the suffixes k, m, g and t, 1024 each. */
final class Numbers {

    private static final String SUFFIXES = "kmgt";
    private static final int SUFFIX_BITS = 10;

    private Numbers() {}

    /** The number, or null if the text is anything else, or too much for 64 bits. */
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
