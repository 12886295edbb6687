package dev.malloc9.trace;

/** The messages of the probes to the operator. */
public final class Messages {

    private Messages() {}

    /** Returns the message that this JVM has no Flight Recorder. */
    static String noRecorder(String why) {
        return "malloc9: no probes: this JVM has no Flight Recorder (" + why + ")";
    }

    /** Returns the message that the framework hides from the kernel's bundle a class to which JFR's code in the kernel's events refers. */
    static String notDelegated(String missing) {
        return "malloc9: no probes: the framework hides " + missing
                + " from the kernel; set org.osgi.framework.bootdelegation=jdk.jfr.internal.event";
    }

    /** Returns the message that a setting has no glob, and so selects no type. */
    static String noGlob(String setting, String value) {
        return "malloc9: " + setting + "='" + value + "' names no type: globs are asked for, with commas between them";
    }
}
