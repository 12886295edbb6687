package malloc9.memstat.view;

/** A table of memory types that has a layout of its own. */
public sealed interface Table permits TypeTable, ZoneTable, MallocTable, UmaTable, GrowthTable {

    /** The layout in plain lines, without the line feed after the last one; names are escaped. */
    String text();

    /** One JSON object on one line, without a line feed. */
    String json();
}
