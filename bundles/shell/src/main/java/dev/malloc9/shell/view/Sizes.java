package dev.malloc9.shell.view;

import java.util.Locale;

/** The format of sizes in text; JSON always has the number of bytes. */
public enum Sizes {
    /** The number of bytes. */
    EXACT {
        @Override
        public String text(long bytes) {
            return Long.toString(bytes);
        }
    },

    /**
     * The size in the largest unit of which it is at least one (as {@code ls -h}). The units are B, K, M, G, T, P and E. Each unit is 1024
     * times the one before. In the units above B, a number below 10 has one digit after the point. The absolute value is rounded up, so
     * that no size looks smaller than it is.
     */
    HUMANE {
        @Override
        public String text(long bytes) {
            long magnitude = Math.absExact(Math.max(bytes, -Long.MAX_VALUE));
            String sign = bytes < 0 ? "-" : "";
            if (magnitude < STEP) {
                return sign + magnitude + "B";
            }
            int unit = 0;
            double scaled = magnitude;
            while (scaled >= STEP && unit < UNITS.length()) {
                scaled /= STEP;
                unit++;
            }
            double tenths = Math.ceil(scaled * TEN);
            String number = tenths < TEN * TEN
                    ? String.format(Locale.ROOT, "%.1f", tenths / TEN)
                    : Long.toString((long) Math.ceil(scaled));
            return sign + number + UNITS.charAt(unit - 1);
        }
    };

    private static final int STEP = 1024;
    private static final int TEN = 10;
    private static final String UNITS = "KMGTPE";

    /** Returns the text of a size, which may be negative. */
    public abstract String text(long bytes);

    /** Returns the format that is selected by the presence of an option. */
    public static Sizes of(boolean humane) {
        return humane ? HUMANE : EXACT;
    }
}
