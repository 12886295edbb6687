package malloc9.shell.view;

import malloc9.memstat.view.Table;

/**
 * Memory types or zones, as memstat shows them.
 *
 * @param table the rows, whose {@code types()} are memstat's
 */
public record MemoryTable(Table table) implements View {

    @Override
    public String text() {
        return table.text();
    }

    @Override
    public String json() {
        return table.json();
    }
}
