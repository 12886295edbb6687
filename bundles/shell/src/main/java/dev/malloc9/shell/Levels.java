package dev.malloc9.shell;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.shell.view.LevelTable;
import dev.malloc9.shell.view.LevelTable.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command {@code level}: lists the levels of checking of the kernel, the bundles and the types, and sets one of them before. The
 * kernel's level is set by its knob, whose value is kept over restarts if there is a Config Admin. The level of a bundle or type holds
 * until the bundle stops.
 */
@Component(service = Levels.class)
@GogoCommand(scope = "malloc9", function = "level")
public final class Levels extends ShellCommand {

    private static final String DESCRIPTION = "say how closely a type, a bundle or all are watched";

    private static final String LEVEL = "debug.malloc.level";

    private static final List<String> ALL =
            Arrays.stream(Level.values()).map(Level::name).toList();

    private final RunningKernel kernel;

    @Activate
    public Levels(@Reference RunningKernel kernel) {
        super(Syntax.of(Messages.USAGE_LEVEL, DESCRIPTION)
                .format()
                .operands("LEVEL [BUNDLE [TYPE]]", "R, I or G, then a bundle as kldstat shows it, then a type of it"));
        this.kernel = kernel;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object level(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> {
            List<String> operands = arguments.operands();
            if (operands.size() > 3) {
                throw arguments.unexpected(operands.get(3));
            }
            if (!operands.isEmpty()) {
                if (!ALL.contains(operands.getFirst())) {
                    throw arguments.wrong("unknown level", operands.getFirst());
                }
                set(Level.valueOf(operands.getFirst()), operands.subList(1, operands.size()));
            }
            return new LevelTable(rows());
        });
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        if (!arguments.isEmpty() && arguments.getLast().equals(Formats.OPTION)) {
            return Formats.ALL;
        }
        int option = arguments.indexOf(Formats.OPTION);
        List<String> words = new ArrayList<>(arguments);
        if (option >= 0) {
            words.subList(option, option + 2).clear();
        }
        return switch (words.size()) {
            case 0 -> ALL;
            case 1 -> kernel.modules().map(module -> module.id().name()).toList();
            case 2 ->
                kernel.modules()
                        .filter(module -> Modules.named(words.get(1)).test(module.id()))
                        .flatMap(module -> module.types().stream())
                        .toList();
            default -> List.of();
        };
    }

    private void set(Level level, List<String> whose) {
        MallocOperator operator = kernel.operator();
        if (whose.isEmpty()) {
            kernel.set(LEVEL, level.name());
            return;
        }
        ModuleInfo module = module(whose.getFirst());
        try {
            if (whose.size() == 1) {
                operator.level(module.id(), level);
                return;
            }
            String type = whose.get(1);
            if (!module.types().contains(type)) {
                throw new CommandFailed(Messages.noSuchType(type, module.types()));
            }
            operator.level(module.id(), type, level);
        } catch (InvalidRequest stopped) {
            throw new CommandFailed(Messages.noSuchModule(whose.getFirst()), stopped);
        }
    }

    private ModuleInfo module(String name) {
        Predicate<ModuleId> named = Modules.named(name);
        return kernel.modules()
                .filter(module -> named.test(module.id()))
                .findFirst()
                .orElseThrow(() -> new CommandFailed(Messages.noSuchModule(name)));
    }

    /**
     * Returns the kernel's level, and each level other than R that is set for a bundle or a type. A bundle that stops meanwhile has no
     * rows.
     *
     * @throws CommandFailed if no kernel runs
     */
    private List<Row> rows() {
        MallocOperator operator = kernel.operator();
        List<Row> rows = new ArrayList<>();
        rows.add(new Row(operator.level(), null, null));
        kernel.modules().forEach(module -> {
            try {
                own(operator.level(module.id()), module.id(), null, rows);
                for (String type : module.types()) {
                    own(operator.level(module.id(), type), module.id(), type, rows);
                }
            } catch (InvalidRequest stopped) {
                rows.removeIf(row -> module.id().equals(row.module()));
            }
        });
        return rows;
    }

    private static void own(Level level, ModuleId module, @Nullable String type, List<Row> rows) {
        if (level != Level.R) {
            rows.add(new Row(level, module, type));
        }
    }
}
