package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.Malloc;
import dev.malloc9.itests.drivers.InterruptingDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.net.URI;
import java.nio.file.Path;
import org.apache.felix.service.command.CommandProcessor;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;

/** Tests the console output of a driver that leaves the interrupt flag of its thread set. */
@OsgiTest
class InterruptingDriverIT {

    private static final String LEAK =
            "Warning: memory type interrupting leaked memory on destroy (1 allocations, 64 bytes leaked).";

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(),
            MadeBundle.of("interrupting", InterruptingDriver.class).option()
        };
    }

    @Test
    void interruptFlagOfADriverLosesNoOutput(CommandProcessor processor, Malloc ready) throws Exception {
        assertThat(ready).isNotNull();
        String location = ClasspathBundles.location("interrupting");
        try (GogoSession session = new GogoSession(processor)) {
            String file = "'" + Path.of(URI.create(location)) + "'";
            assertThat(session.run("kldload " + file + "; malloc9:panics; kldunload interrupting; malloc9:panics"))
                    .matches("(?s)Loaded interrupting, id=\\d+\nno panics\n\\Q" + LEAK
                            + "\\E\n.*leaked 1 blocks? of 64 bytes .*\nUnloaded interrupting\nno panics");
        }
    }
}
