package malloc9.memstat.view;

import java.util.Locale;

/** Text from bundles made safe to show: whatever could move a cursor or hide is escaped as in Java source. */
public final class Printable {

    private Printable() {}

    /** The text with each character that is not printable, and each backslash, escaped. */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(printable, c));
        return printable.toString();
    }

    /** The text on one line, with each character that is not printable escaped and backslashes as they are: parts of it may be escaped already. */
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
