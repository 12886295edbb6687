package malloc9.shell.view;

import java.util.Locale;

/** How a text shows bytes; JSON has them as numbers. */
public enum Sizes {
    /** To the byte. */
    EXACT {
        @Override
        public String text(long bytes) {
            return Long.toString(bytes);
        }
    },

    /** In the largest unit that leaves one digit before the point ({@code ls -h}): of 1024, rounded up, so that nothing looks smaller than it is. */
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

    /** What is written. */
    public abstract String text(long bytes);

    /** Of an option. */
    public static Sizes of(boolean humane) {
        return humane ? HUMANE : EXACT;
    }
}
