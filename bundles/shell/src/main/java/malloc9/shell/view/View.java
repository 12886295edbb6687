package malloc9.shell.view;

/** A command's result that has a layout of its own. */
public sealed interface View permits MemoryTable, ModuleTable, LeakTable, PanicTable, SiteView, AddressView, Lines {

    /** The layout in plain lines, without the line feed after the last one, which who prints it adds. */
    String text();
}
