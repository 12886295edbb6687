package dev.malloc9.memstat.view;

/** A table of memory types with a layout of its own. */
public sealed interface Table permits TypeTable, ZoneTable, MallocTable, UmaTable, GrowthTable {

    /** {@return the table as plain lines} Only a {@link ZoneTable} has a line feed after the last row. Names are escaped. */
    String text();

    /** {@return one JSON object on one line, without a line feed} */
    String json();
}
