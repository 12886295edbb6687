package malloc9.kernel;

/** Where the kernel says what it has to say. */
interface Console {

    /** The logger of what belongs to no type. */
    String KERNEL = "malloc9";

    /** A line for the operator's eyes and the log, under the logger of that name. */
    void warn(String logger, String line);

    /** A line for the log only. */
    void log(String logger, String line);

    /** What is wrong with what the kernel was told at boot: on the error stream and in the log. */
    default void complain(String line) {
        System.err.println(line);
        log(KERNEL, line);
    }

    /** The console of a kernel without a framework: standard output, and no log. */
    static Console standardOutput() {
        return new Console() {
            @Override
            public void warn(String logger, String line) {
                System.out.println(line);
            }

            @Override
            public void log(String logger, String line) {
                // There is no log.
            }
        };
    }
}
