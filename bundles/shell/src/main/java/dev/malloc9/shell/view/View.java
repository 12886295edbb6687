package dev.malloc9.shell.view;

/** A result of a command that has its own layout, as text and as JSON. */
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

    /**
     * Returns the result in lines that are safe to print, without the line feed after the last line. The caller that prints the text adds
     * it. The text of {@link InJson} is JSON.
     */
    String text();

    /** Returns the result as one JSON object on one line: sizes in bytes, ages in milliseconds, names unchanged. */
    String json();
}
