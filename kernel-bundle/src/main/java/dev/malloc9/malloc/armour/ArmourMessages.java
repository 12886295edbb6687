package dev.malloc9.malloc.armour;

import static dev.malloc9.debug.Messages.STOPPING;

import dev.malloc9.malloc.type.TypeMessages;

/** The texts about armoured blocks: first the words of FreeBSD if it has such a text, then the facts. */
final class ArmourMessages {

    private ArmourMessages() {}

    static String noSuchLevel(String tunable, String level) {
        return "tunable " + tunable + " is ignored: not R, I or G: " + TypeMessages.printable(level);
    }

    /** Returns the text of redzone(9)'s panic, followed by the report of the damage. */
    static String stopping(String report) {
        return STOPPING + " " + report;
    }
}
