package malloc9.shell;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that somebody who mistyped may have meant: the one with the fewest characters to insert, delete and replace. */
final class Nearest {

    /** Of a name, at most one character in so many may be wrong. */
    private static final int TOLERANCE = 3;

    private Nearest() {}

    /** The nearest of these names, if one is near. */
    static Optional<String> to(String typed, Collection<String> names) {
        return names.stream()
                .filter(name -> distance(typed, name) <= Math.max(typed.length(), name.length()) / TOLERANCE)
                .min(Comparator.comparingInt(name -> distance(typed, name)));
    }

    /** Levenshtein's distance, of which only the last row of the table is kept. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
