package malloc9.kernel;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import malloc9.api.runtime.ModuleId;

/** Where the kernel says what it has to say. */
interface Console {

    /** The logger of what belongs to no type. */
    String KERNEL = "malloc9";

    /** A line for the operator's eyes and the log, under the logger of that name. */
    void warn(String logger, String line);

    /** A warning for the log only. */
    void log(String logger, String line);

    /** News for the log only. */
    default void inform(String logger, String line) {
        // Without a framework there is no log.
    }

    /** An event about a module, for whoever listens; its topic and properties are of {@link malloc9.api.runtime.EventTopics}. */
    default void post(String topic, ModuleId module, Map<String, Object> properties) {
        // Without a framework nobody listens.
    }

    /** One line for each optional part of the framework that is absent. */
    default List<String> absences() {
        return List.of();
    }

    /** What is wrong with what the kernel was told at boot: on the error stream and in the log. */
    default void complain(String line) {
        print(System.err, line);
        log(KERNEL, line);
    }

    /**
     * Prints a line, even on a thread whose interrupt flag a driver has left set. A shell's stream may have a channel behind it, which the
     * JDK closes if an interrupted thread writes to it.
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

    /** The console of a kernel without a framework: standard output, and no log. */
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
