package malloc9.shell.view;

/** A command's result that has a layout of its own. */
public sealed interface View
        permits AddressView,
                DamageView,
                FreePagesView,
                GuardView,
                InJson,
                KnobTable,
                LeakTable,
                LevelTable,
                Lines,
                Listing,
                LiveTable,
                MatchList,
                MemoryTable,
                MessageList,
                ModuleTable,
                PanicTable,
                SiteView,
                SuspectsView,
                TypeRows,
                TypeView {

    /** The layout in plain lines, without the line feed after the last one, which who prints it adds. */
    String text();

    /** The same as one JSON object on one line: sizes in bytes, ages in milliseconds, names as they are. */
    String json();
}
