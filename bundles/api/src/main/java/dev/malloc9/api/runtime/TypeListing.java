package dev.malloc9.api.runtime;

/**
 * A writer of the kernel debugger's {@code show malloc} into an existing buffer: a header, and a line for each type that it receives. Not
 * thread-safe.
 *
 * <p>If the buffer is long enough, no objects are created. The listing therefore works when there is no memory left and no lock can be
 * taken.
 *
 * <p>As in FreeBSD, figures are unsigned: a negative difference is shown as a large number. In names, a backslash and every unprintable
 * character is written as a Java escape. Names are padded by their columns on a terminal.
 */
public final class TypeListing implements TypeFigures {

    private static final String HEAD = "              Type        InUse        MemUse     Requests";
    private static final int NAME_WIDTH = 18;
    private static final int NUMBER_WIDTH = 12;
    private static final int KIB = 1024;
    private static final String HEX = "0123456789abcdef";
    private static final int DIGITS = 20;
    private static final char ABOVE_LATIN_1 = '\u2026';

    private final StringBuilder out;
    private final char[] digits = new char[DIGITS];

    /**
     * Creates a listing and writes its header. Each further line begins with a line feed; there is none at the end.
     *
     * @param out the buffer, with room for 60 characters for each line and for the parts of names beyond 18 characters and of figures
     *     beyond 12 digits
     */
    public TypeListing(StringBuilder out) {
        this.out = out;
        // A StringBuilder allocates at its first character above Latin-1. That is done now.
        out.append(ABOVE_LATIN_1).setLength(out.length() - 1);
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

    /** Writes a name with escapes, padded on the left to NAME_WIDTH columns. */
    private void name(String name) {
        int from = out.length();
        int columns = 0;
        for (int i = 0; i < name.length(); i++) {
            int c = name.codePointAt(i);
            int start = out.length();
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> character(c);
            }
            columns += isPrintable(c) && c > '~' ? columns(c) : out.length() - start;
            i += Character.charCount(c) - 1;
        }
        for (; columns < NAME_WIDTH; columns++) {
            out.insert(from, ' ');
        }
    }

    private void character(int c) {
        if (isPrintable(c)) {
            out.appendCodePoint(c);
        } else if (Character.isBmpCodePoint(c)) {
            escape((char) c);
        } else {
            escape(Character.highSurrogate(c));
            escape(Character.lowSurrogate(c));
        }
    }

    /** Returns whether a character is written as it is. Of the spaces, only U+0020 is. */
    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /** Returns the number of terminal columns of a printable character: 0, 1 or 2. */
    private static int columns(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
            default -> isWide(c) ? 2 : 1;
        };
    }

    /** Returns whether a terminal shows the character in two columns: an approximation of wcwidth(3). */
    private static boolean isWide(int c) {
        return c >= 0x1100
                && (c <= 0x115f
                        || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f)
                        || (c >= 0xac00 && c <= 0xd7a3)
                        || (c >= 0xf900 && c <= 0xfaff)
                        || (c >= 0xfe30 && c <= 0xfe6f)
                        || (c >= 0xff01 && c <= 0xff60)
                        || (c >= 0xffe0 && c <= 0xffe6)
                        || (c >= 0x1f300 && c <= 0x1f64f)
                        || (c >= 0x1f900 && c <= 0x1f9ff)
                        || (c >= 0x20000 && c <= 0x3fffd));
    }

    private void escape(char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX.charAt((c >>> shift) & 0xf));
        }
    }

    /** Writes an unsigned number, padded on the left to NUMBER_WIDTH columns. */
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
