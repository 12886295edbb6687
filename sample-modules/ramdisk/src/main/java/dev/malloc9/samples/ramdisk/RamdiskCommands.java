package dev.malloc9.samples.ramdisk;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands of the ramdisk. Relative file names are resolved against the session's current directory. A usage error is RamdiskFailed.
 *
 * <p>The commands are a component of their own. Without Gogo this class is never loaded, so the driver does not depend on Gogo.
 */
@Component(
        service = RamdiskCommands.class,
        property = {
            "osgi.command.scope=ramdisk",
            "osgi.command.function=ls",
            "osgi.command.function=put",
            "osgi.command.function=get",
            "osgi.command.function=rm"
        })
public final class RamdiskCommands {

    static final String USAGE_PUT = "ramdisk:put FILE";
    static final String USAGE_GET = "ramdisk:get NAME FILE";
    static final String USAGE_RM = "ramdisk:rm NAME";

    private final RamdiskDriver driver;

    @Activate
    public RamdiskCommands(@Reference RamdiskDriver driver) {
        this.driver = driver;
    }

    /** Prints the files on the disk; {@code ramdisk:ls}. */
    @Descriptor("lists the files on the ramdisk")
    public void ls() {
        System.out.println(driver.ls());
    }

    /** Copies a file onto the disk; {@code ramdisk:put FILE}. */
    @Descriptor("copies a file onto the ramdisk")
    public void put(CommandSession session, @Descriptor("FILE") String... arguments) {
        check(arguments, 1, USAGE_PUT);
        System.out.println(driver.put(resolve(session, arguments[0])));
    }

    /** Copies a file from the disk; {@code ramdisk:get NAME FILE}. */
    @Descriptor("copies a file from the ramdisk")
    public void get(CommandSession session, @Descriptor("NAME FILE") String... arguments) {
        check(arguments, 2, USAGE_GET);
        System.out.println(driver.get(arguments[0], resolve(session, arguments[1])));
    }

    /** Removes a file from the disk; {@code ramdisk:rm NAME}. */
    @Descriptor("removes a file from the ramdisk")
    public void rm(@Descriptor("NAME") String... arguments) {
        check(arguments, 1, USAGE_RM);
        System.out.println("removed " + driver.rm(arguments[0]));
    }

    private static void check(String[] arguments, int expected, String usage) {
        if (arguments.length != expected) {
            throw RamdiskFailed.usage(usage);
        }
    }

    private static Path resolve(CommandSession session, String file) {
        try {
            return session.currentDir().resolve(file);
        } catch (InvalidPathException e) {
            throw RamdiskFailed.badPath(file, e.getReason());
        }
    }
}
