package dev.malloc9.kernel;

import dev.malloc9.api.runtime.ModuleId;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The output of the kernel: the operator's console, the log and the events. */
interface Console {

    /** The name of the logger of all lines that concern no memory type or zone. */
    String KERNEL = "malloc9";

    /**
     * Writes a warning to the console and the log.
     *
     * @param logger the name of the logger
     */
    void warn(String logger, String line);

    /** Writes a warning to the log only. */
    void log(String logger, String line);

    /** Writes an informational line to the log only. */
    default void inform(String logger, String line) {
        // Without a framework there is no log.
    }

    /**
     * Posts an event about a module to the listeners. The topic and the properties are defined in {@link
     * dev.malloc9.api.runtime.EventTopics}.
     */
    default void post(String topic, ModuleId module, Map<String, Object> properties) {
        // Without a framework there are no listeners.
    }

    /** Returns one line for each optional part of the framework that is absent. */
    default List<String> absences() {
        return List.of();
    }

    /** Writes a problem of the boot environment to the error stream and the log. */
    default void complain(String line) {
        print(System.err, line);
        log(KERNEL, line);
    }

    /**
     * Prints a line, even on a thread whose interrupt flag a driver has left set. A shell's stream may be backed by a channel, which the
     * JDK closes if an interrupted thread writes to it. The flag is set again afterwards.
     */
    static void print(PrintStream stream, String line) {
        boolean interrupted = Thread.interrupted();
        try {
            stream.println(line);
            stream.flush();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns the console of a kernel without a framework: standard output, and no log. */
    static Console standardOutput() {
        return new Console() {
            @Override
            public void warn(String logger, String line) {
                print(System.out, line);
            }

            @Override
            public void log(String logger, String line) {
                // There is no log.
            }
        };
    }
}
