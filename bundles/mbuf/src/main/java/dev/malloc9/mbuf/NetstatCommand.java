package dev.malloc9.mbuf;

import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeStats;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code netstat}. It is a component of its own, so that its class is not loaded in a framework without Gogo. */
@Component(
        service = NetstatCommand.class,
        property = {"osgi.command.scope=malloc9", "osgi.command.function=netstat"})
public final class NetstatCommand {

    static final String USAGE = "netstat -m [-o FORMAT]";

    private static final String DESCRIPTION = "shows the memory of network buffers";

    private final MallocRuntime runtime;
    private final Mbufs mbufs;

    /** The formats of the output. The constants have the names of the option's values. */
    private enum Format {
        text,
        json
    }

    /** The options of a call. picocli sets the fields. */
    @Command(
            name = "netstat",
            description = DESCRIPTION,
            synopsisHeading = "usage: ",
            customSynopsis = USAGE,
            sortOptions = false)
    private static final class Options {

        @Option(names = "-m", description = "memory of mbufs")
        private boolean memory;

        @Option(names = "-o", paramLabel = "FORMAT", description = "text, or json")
        private Format format = Format.text;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "show this")
        private boolean help;
    }

    /**
     * Creates the command; called by the framework.
     *
     * @param runtime the kernel's statistics, for the memory of tags
     * @param mbufs the service of mbufs, for the statistics of its zones
     */
    @Activate
    public NetstatCommand(@Reference MallocRuntime runtime, @Reference Mbufs mbufs) {
        this.runtime = runtime;
        this.mbufs = mbufs;
    }

    /**
     * Prints the memory statistics of mbufs; the command {@code netstat -m}. With {@code --help}, prints the usage.
     *
     * @param session the session of the command; not used
     * @param words the options of the command; nulls are left out
     * @throws NetstatFailed if {@code -m} is missing or an argument is wrong
     */
    @Descriptor(DESCRIPTION)
    public void netstat(CommandSession session, @Nullable String... words) {
        System.out.println(report(words));
    }

    /** {@return the descriptions of the options by their names} The shell looks this method up by its name, for completion. */
    public Map<String, String> options() {
        Map<String, String> options = new TreeMap<>();
        new CommandLine(new Options())
                .getCommandSpec()
                .options()
                .forEach(option -> Arrays.stream(option.names())
                        .forEach(name -> options.put(name, Objects.requireNonNull(option.description()[0]))));
        return options;
    }

    String report(@Nullable String... words) {
        Options options = new Options();
        CommandLine parser = new CommandLine(options).setExpandAtFiles(false).setOverwrittenOptionsAllowed(true);
        try {
            parser.parseArgs(Arrays.stream(words).filter(Objects::nonNull).toArray(String[]::new));
        } catch (UnmatchedArgumentException e) {
            throw Messages.usage("unknown argument: " + e.getUnmatched().getFirst() + "; ", USAGE);
        } catch (ParameterException e) {
            throw Messages.usage(e.getMessage() + "; ", USAGE);
        }
        if (options.help) {
            return parser.getUsageMessage(Ansi.OFF).stripTrailing();
        }
        if (!options.memory) {
            throw Messages.usage("", USAGE);
        }
        long tagBytes = runtime.types().stream()
                .filter(type -> type.name().equals("mbuf_tag") && isOwn(type))
                .mapToLong(TypeStats::bytesInUse)
                .sum();
        long drains = mbufs.drains().calls();
        return options.format == Format.json
                ? Netstat.json(mbufs.zones(), tagBytes, drains)
                : Netstat.report(mbufs.zones(), tagBytes, drains);
    }

    /** Returns whether this bundle owns the type: another bundle may use the same name. Outside a framework, returns true. */
    private static boolean isOwn(TypeStats type) {
        Bundle own = FrameworkUtil.getBundle(NetstatCommand.class);
        return own == null || type.owner().bundleId() == own.getBundleId();
    }
}
