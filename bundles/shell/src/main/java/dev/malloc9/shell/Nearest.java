package dev.malloc9.shell;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Finds the known name that is most similar to a mistyped one: the name with the smallest number of characters to insert, delete and
 * replace. That number must be at most a third of the length of the longer name.
 */
final class Nearest {

    /** The number of characters, of the longer name, per wrong character that is tolerated. */
    private static final int TOLERANCE = 3;

    private Nearest() {}

    /** Returns the nearest of the names, the first one of equally near names; empty if no name is near enough. */
    static Optional<String> to(String typed, Collection<String> names) {
        return names.stream()
                .filter(name -> distance(typed, name) <= Math.max(typed.length(), name.length()) / TOLERANCE)
                .min(Comparator.comparingInt(name -> distance(typed, name)));
    }

    /** Returns the Levenshtein distance. Only the last row of the table is kept. */
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
