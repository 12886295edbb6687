package dev.malloc9.malloc.view;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.type.TypeMessages;

/**
 * The message texts of the knobs and of the operator's switches, in one place. If FreeBSD has a text, it comes first, and the facts follow.
 */
final class ViewMessages {

    private ViewMessages() {}

    static final String NO_LEVEL = "level is null";

    static String noSuchPreset(String tunable, String preset) {
        return "tunable " + tunable + " is ignored: not bsd, pages or fine: " + TypeMessages.printable(preset);
    }

    static String negativeTunable(String tunable, long value) {
        return "tunable " + tunable + " is ignored: below 0: " + value;
    }

    static String noSuchModule(ModuleId module) {
        return "no module " + module + " owns types";
    }

    static String noSuchType(String type, ModuleId module) {
        return module + " owns no type '" + TypeMessages.printable(type) + "'";
    }

    static String badRate(int rate) {
        return "failure rate " + rate + " is negative";
    }

    static String badLimits(long soft, long hard) {
        return "limits of " + soft + " and " + hard + " bytes: "
                + (soft < 0 || hard < 0 ? "negative" : "the soft one is above the hard one");
    }
}
