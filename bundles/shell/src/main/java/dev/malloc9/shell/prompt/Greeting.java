package dev.malloc9.shell.prompt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The greeting of the prompt: the lines that an operator reads first. */
final class Greeting {

    private Greeting() {}

    /**
     * Returns the lines of the greeting.
     *
     * @param version the version of this bundle, without its qualifier
     * @param java the feature version of the running Java
     * @param load the folder in the framework property {@code malloc9.load}, which is watched for drivers; null if the property is not set
     */
    static List<String> lines(String version, int java, @Nullable String load) {
        return List.of(
                "malloc9 " + version + " on Java " + java + ". Type first: kldload leaky; vmstat -m; kldunload leaky",
                "Tab completes, help lists the commands, man explains them, exit leaves.",
                load == null
                        ? "A driver is loaded from a file too: kldload ./my-driver.jar"
                        : "A driver's jar is loaded when it comes into " + load + ", and unloaded when it goes.");
    }
}
