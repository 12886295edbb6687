package malloc9.shell.view;

/** Text from bundles made safe to show, as memstat does it. */
public final class Printable {

    private Printable() {}

    /** The text with each character that is not printable, and each backslash, escaped. */
    public static String of(String text) {
        return malloc9.memstat.view.Printable.of(text);
    }
}
