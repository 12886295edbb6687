package malloc9.shell.view;

import malloc9.memstat.view.Table;

/**
 * Memory types or zones, as memstat shows them.
 *
 * @param table the rows, whose {@code types()} are memstat's
 * @param json whether the text is JSON
 */
public record MemoryTable(Table table, boolean json) implements View {

    @Override
    public String text() {
        return json ? table.json() : table.text();
    }
}
