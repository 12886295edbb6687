package malloc9.malloc.armour;

import malloc9.malloc.type.TypeMessages;

/** The texts of armoured blocks, in one place: FreeBSD's words first, then the facts. */
final class ArmourMessages {

    private ArmourMessages() {}

    static String noSuchLevel(String tunable, String level) {
        return "tunable " + tunable + " is ignored: not R, I or G: " + TypeMessages.printable(level);
    }

    /** The text of redzone's panic, and what for. */
    static String stopping(String report) {
        return malloc9.debug.Messages.STOPPING + " " + report;
    }
}
