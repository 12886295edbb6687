package dev.malloc9.shell;

import dev.malloc9.shell.kld.KldFailed;
import dev.malloc9.shell.kld.Linker;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command kldload(8): loads a module and the modules that it depends on. If the load fails, all modules that it installed are
 * uninstalled.
 */
@Component(service = Kldload.class)
@GogoCommand(scope = "malloc9", function = "kldload")
public final class Kldload extends ShellCommand {

    private static final String DESCRIPTION = "load a module: a driver by its name, or a bundle from a file";

    private final BundleContext context;
    private final Linker linker;

    @Activate
    public Kldload(BundleContext context, @Reference Linker linker) {
        super(Syntax.of(Messages.USAGE_KLDLOAD, DESCRIPTION).operands("NAME|FILE", "a driver, or a file"));
        this.context = context;
        this.linker = linker;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object kldload(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> load(arguments.operand(), session.currentDir()));
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return arguments.isEmpty() ? Drivers.of(context).names() : List.of();
    }

    /**
     * Loads a driver or a file, and returns the lines to print. Dependencies are searched in the folder of the file, then in the drivers'
     * folder.
     *
     * @throws CommandFailed if there is no such file or driver, or if the linker refuses the load or fails
     */
    String load(String name, Path workingFolder) {
        Drivers drivers = Drivers.of(context);
        Path jar = drivers.find(name, workingFolder);
        List<Path> searched = Stream.of(jar.getParent(), drivers.folder())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        try {
            return String.join("\n", linker.load(name, jar, searched));
        } catch (KldFailed e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }
}
