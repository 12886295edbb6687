package dev.malloc9.shell.view;

import dev.malloc9.memstat.view.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table whose columns are as wide as their widest cells, with two blanks between them. A column whose head begins with {@code >} is
 * aligned to the right.
 */
final class Columns {

    private static final String RIGHT = ">";

    private final List<List<String>> lines = new ArrayList<>();
    private final boolean[] right;

    /**
     * Creates a table with its first line.
     *
     * @param heads the heads of the columns; the sign {@code >} at the beginning is not shown
     */
    Columns(String... heads) {
        right = new boolean[heads.length];
        List<String> line = new ArrayList<>();
        for (int i = 0; i < heads.length; i++) {
            right[i] = heads[i].startsWith(RIGHT);
            line.add(right[i] ? heads[i].substring(RIGHT.length()) : heads[i]);
        }
        lines.add(line);
    }

    /** Adds a line with one cell for each column. The text of each cell is escaped; the heads are not. */
    void add(Object... cells) {
        lines.add(Arrays.stream(cells)
                .map(cell -> Printable.of(String.valueOf(cell)))
                .toList());
    }

    @Override
    public String toString() {
        int[] widths = new int[right.length];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Printable.columns(line.get(i)));
            }
        }
        List<String> text = new ArrayList<>();
        for (List<String> line : lines) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < widths.length; i++) {
                cells.add(right[i] ? Printable.right(line.get(i), widths[i]) : Printable.left(line.get(i), widths[i]));
            }
            text.add(String.join("  ", cells).stripTrailing());
        }
        return String.join("\n", text);
    }
}
