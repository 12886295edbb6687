package malloc9.trace;

/** What the probes have to say. */
public final class Messages {

    private Messages() {}

    /** This JVM has no Flight Recorder. */
    static String noRecorder(String why) {
        return "malloc9: no probes: this JVM has no Flight Recorder (" + why + ")";
    }

    /** The framework keeps the kernel's bundle from what is woven into its events. */
    static String notDelegated(String missing) {
        return "malloc9: no probes: the framework hides " + missing
                + " from the kernel; set org.osgi.framework.bootdelegation=jdk.jfr.internal.event";
    }

    /** Globs that mean no type. */
    static String noGlob(String setting, String value) {
        return "malloc9: " + setting + "='" + value + "' names no type: globs are asked for, with commas between them";
    }
}
