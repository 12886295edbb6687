package dev.malloc9.malloc;

import dev.malloc9.api.runtime.ModuleId;

/** The message texts of the subsystem, in one place. If FreeBSD has a text, it comes first, and the facts follow. */
public final class Messages {

    private Messages() {}

    /** Returns the note about guarded blocks that a stopped module left. */
    static String guardedLeft(ModuleId module, int holes) {
        return "MemGuard: " + holes + (holes == 1 ? " guarded block" : " guarded blocks") + " of " + module
                + " became holes; their scopes end in the background";
    }
}
