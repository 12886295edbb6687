package malloc9.api.runtime;

/**
 * The kernel debugger's {@code show malloc}, written into a buffer that was made before: a head, and a line for each type that it is told
 * of.
 *
 * <p>Where the buffer is long enough it makes no object, so that it works when there is no memory left and nobody may be waited for. Figures
 * are unsigned, as there. Of names what a terminal could obey is escaped as in Java source.
 */
public final class TypeListing implements TypeFigures {

    private static final String HEAD = "              Type        InUse        MemUse     Requests";
    private static final int NAME_WIDTH = 18;
    private static final int NUMBER_WIDTH = 12;
    private static final int KIB = 1024;
    private static final String HEX = "0123456789abcdef";
    private static final int DIGITS = 20;

    private final StringBuilder out;
    private final char[] digits = new char[DIGITS];

    /** @param out what is written to, with room for 60 characters a line and for what names are longer than 18 */
    public TypeListing(StringBuilder out) {
        this.out = out;
        out.append(HEAD);
    }

    @Override
    public void type(String name, long allocs, long frees, long allocated, long freed) {
        out.append('\n');
        name(name);
        out.append(' ');
        number(allocs - frees);
        out.append(' ');
        number(Long.divideUnsigned(allocated - freed + KIB - 1, KIB));
        out.append('K').append(' ');
        number(allocs);
    }

    private void name(String name) {
        int from = out.length();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        out.append(c);
                    } else {
                        escape(c);
                    }
                }
            }
        }
        int missing = NAME_WIDTH - (out.length() - from);
        for (int i = 0; i < missing; i++) {
            out.insert(from, ' ');
        }
    }

    private void escape(char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX.charAt((c >>> shift) & 0xf));
        }
    }

    private void number(long unsigned) {
        int first = DIGITS;
        long left = unsigned;
        do {
            long tenth = Long.divideUnsigned(left, 10);
            digits[--first] = (char) ('0' + (left - tenth * 10));
            left = tenth;
        } while (left != 0);
        for (int i = DIGITS - first; i < NUMBER_WIDTH; i++) {
            out.append(' ');
        }
        out.append(digits, first, DIGITS - first);
    }
}
