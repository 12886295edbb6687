package malloc9.malloc;

import malloc9.api.runtime.ModuleId;

/** The texts of the subsystem, in one place: FreeBSD's words first, then the facts. */
public final class Messages {

    private Messages() {}

    static String guardedLeft(ModuleId module, int holes) {
        return "MemGuard: " + holes + (holes == 1 ? " guarded block" : " guarded blocks") + " of " + module
                + " became holes; their scopes end in the background";
    }
}
