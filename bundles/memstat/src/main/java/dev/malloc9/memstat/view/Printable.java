package dev.malloc9.memstat.view;

import java.util.Locale;

/** Makes text of other bundles safe to print. Each character that could move the cursor or is invisible is escaped as in Java source. */
public final class Printable {

    private Printable() {}

    /**
     * {@return the text with each backslash, and each character that is not printable, escaped}
     *
     * @param text the text; any characters
     */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(printable, c));
        return printable.toString();
    }

    /**
     * {@return the text on one line, with each character that is not printable escaped} Backslashes stay as they are, since parts of the
     * text may be escaped already.
     *
     * @param text the text; any characters
     */
    public static String line(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\\') {
                printable.append('\\');
            } else {
                append(printable, c);
            }
        });
        return printable.toString();
    }

    /**
     * {@return the printable text behind blanks that make it as wide as the given number of columns of a terminal} A wider text is not cut.
     *
     * @param printable the text, already printable
     * @param columns the number of columns; 0 or less adds no blanks
     */
    public static String right(String printable, int columns) {
        return " ".repeat(Math.max(0, columns - columns(printable))) + printable;
    }

    /**
     * {@return the printable text before blanks that make it as wide as the given number of columns of a terminal} A wider text is not cut.
     *
     * @param printable the text, already printable
     * @param columns the number of columns; 0 or less adds no blanks
     */
    public static String left(String printable, int columns) {
        return printable + " ".repeat(Math.max(0, columns - columns(printable)));
    }

    /**
     * {@return the number of columns that the printable text takes on a terminal} A non-spacing or enclosing mark takes 0, a wide character
     * such as an East Asian one 2, and any other character 1. This approximates wcwidth(3).
     *
     * @param printable the text, already printable
     */
    public static int columns(String printable) {
        return printable.codePoints().map(Printable::columns).sum();
    }

    private static int columns(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
            default -> isWide(c) ? 2 : 1;
        };
    }

    /** Returns whether a character takes two columns on a terminal: an approximation of wcwidth(3). */
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

    private static void append(StringBuilder printable, int c) {
        switch (c) {
            case '\n' -> printable.append("\\n");
            case '\r' -> printable.append("\\r");
            case '\t' -> printable.append("\\t");
            case '\\' -> printable.append("\\\\");
            default -> {
                if (isPrintable(c)) {
                    printable.appendCodePoint(c);
                } else {
                    for (char unit : Character.toChars(c)) {
                        printable.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                    }
                }
            }
        }
    }

    static boolean isPrintable(int c) {
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
}
