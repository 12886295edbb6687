package dev.malloc9.shell;

import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.api.runtime.Outstanding;
import dev.malloc9.shell.view.LeakTable;
import dev.malloc9.shell.view.SiteView;
import dev.malloc9.shell.view.Sizes;
import dev.malloc9.shell.view.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command {@code leaks}: lists the blocks that stopped bundles have not freed. With {@code --age}, or for a running bundle, it lists
 * the blocks in use instead. With {@code --growth} it lists the growth of the blocks in use since the last such call.
 *
 * <p>The component is immediate. A delayed component would be deactivated after each call, and the earlier sample of {@code --growth} would
 * be lost.
 */
@Component(service = Leaks.class, immediate = true)
@GogoCommand(scope = "malloc9", function = "leaks")
public final class Leaks extends ShellCommand {

    private static final String DESCRIPTION = "list blocks that modules forgot or have in use, by allocation site";

    private static final String AGE = "--age";
    private static final String GROWTH = "--growth";

    private static final Comparator<BlockGroup> OLDEST_FIRST = Comparator.comparing(
                    BlockGroup::oldest, Comparator.nullsFirst(Comparator.naturalOrder()))
            .reversed();

    private final RunningKernel kernel;

    /** The sample of all modules that the last call with {@code --growth} took; null before the first. */
    private final AtomicReference<@Nullable Outstanding> look = new AtomicReference<>();

    @Activate
    public Leaks(@Reference RunningKernel kernel) {
        super(Syntax.withSizes(Messages.USAGE_LEAKS, DESCRIPTION)
                .flag(AGE, "blocks in use, the oldest first")
                .flag(GROWTH, "the growth since the last look at growth")
                .format()
                .operands("BUNDLE", "a module as kldstat shows it, with or without version, or its id"));
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object leaks(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> {
            boolean age = arguments.has(AGE);
            boolean growth = arguments.has(GROWTH);
            if (age && growth) {
                throw new CommandFailed(Messages.USAGE_LEAKS);
            }
            String module = arguments.operands().isEmpty() ? null : arguments.operand();
            return leaks(age, growth, Sizes.of(arguments.has(Formats.HUMANE)), module);
        });
    }

    private View leaks(boolean age, boolean growth, Sizes sizes, @Nullable String module) {
        Predicate<ModuleId> chosen = module == null ? any -> true : Modules.named(module);
        List<LeakReport> reports = kernel.view().leaks().stream()
                .filter(report -> chosen.test(report.owner()))
                .toList();
        boolean runs = kernel.modules().map(ModuleInfo::id).anyMatch(chosen);
        if (module != null && !runs && reports.isEmpty()) {
            throw new CommandFailed(Messages.noSuchModule(module));
        }
        if (growth) {
            return grown(chosen, sizes);
        }
        if (age || (module != null && runs)) {
            return inUse(chosen, age, sizes);
        }
        return module != null && reports.stream().anyMatch(Leaks::hasSites)
                ? SiteView.of(reports, Messages.NOTHING_IN_USE, sizes).sampled(sampling())
                : new LeakTable(reports, sizes);
    }

    /**
     * Returns the short names of the kernel, of the running modules that own types, and of the modules with a leak report.
     *
     * @throws CommandFailed if no kernel runs
     */
    @Override
    public Collection<String> candidates(List<String> arguments) {
        Stream<ModuleId> reported = kernel.view().leaks().stream().map(LeakReport::owner);
        return Stream.concat(kernel.modules().map(ModuleInfo::id), reported)
                .map(ModuleId::shortName)
                .distinct()
                .toList();
    }

    private SiteView inUse(Predicate<ModuleId> chosen, boolean oldestFirst, Sizes sizes) {
        List<BlockGroup> groups = new ArrayList<>(kernel.view().outstanding().groups());
        groups.removeIf(group -> !chosen.test(group.owner()));
        if (oldestFirst) {
            groups.sort(OLDEST_FIRST);
        }
        return new SiteView(groups, Messages.NOTHING_IN_USE, sizes).sampled(sampling());
    }

    /**
     * Returns the growth since the sample of the last call, and replaces that sample. The first call returns only the sums of all modules.
     */
    private SiteView grown(Predicate<ModuleId> chosen, Sizes sizes) {
        Outstanding now = kernel.view().outstanding();
        Outstanding before = look.getAndSet(now);
        if (before == null) {
            List<BlockGroup> groups = now.groups();
            long blocks = groups.stream().mapToLong(BlockGroup::count).sum();
            long bytes = groups.stream().mapToLong(BlockGroup::bytes).sum();
            return new SiteView(List.of(), Messages.firstLook(blocks, bytes), sizes);
        }
        return new SiteView(
                        now.growthSince(before).stream()
                                .filter(group -> chosen.test(group.owner()))
                                .toList(),
                        Messages.NO_GROWTH,
                        sizes)
                .sampled(sampling());
    }

    /** Returns n if one of n blocks at level I is recorded with its site; 1 if all are, 0 if none is. */
    private long sampling() {
        return Long.parseLong(kernel.sysctl().readText("vm.malloc.sites"));
    }

    private static boolean hasSites(LeakReport report) {
        return !report.groups().isEmpty();
    }
}
