package malloc9.malloc.armour;

import static malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import malloc9.api.runtime.Level;
import malloc9.api.runtime.MallocOperator;
import malloc9.sysctl.Oid;
import malloc9.sysctl.SysctlTree;
import org.jspecify.annotations.Nullable;

/**
 * What of the armour can be said before the kernel boots, and its knobs.
 *
 * @param level the level of the kernel as a whole
 * @param panic whether a free that finds damage throws
 * @param quarantine bytes that are kept of what was freed at level I
 */
public record ArmourTunables(Level level, boolean panic, long quarantine) {

    /** What nobody has set. */
    public static final ArmourTunables STANDARD = new ArmourTunables(Level.R, false, 1 << 20);

    private static final int LEVEL_SIZE = 16;

    private static final Oid LEVEL = Oid.string(
                    "debug.malloc.level",
                    CTLFLAG_RWTUN,
                    "how closely all blocks are watched: R, I (red zones, trash, quarantine) or G (guard pages)")
            .choices("R", "I", "G")
            .standard(STANDARD.level.name());

    private static final Oid QUARANTINE = Oid.ulong(
                    "vm.malloc.quarantine", CTLFLAG_RWTUN, "what is kept from reuse of what was freed at level I")
            .unit("bytes")
            .standard(Long.toString(STANDARD.quarantine));

    private static final Oid REDZONE = Oid.node("vm.redzone", "red zones around the blocks of level I");

    private static final Oid PANIC = Oid.integer(
                    "vm.redzone.panic",
                    CTLFLAG_RWTUN,
                    "whether a free that finds damage throws, and does not only report")
            .standard("0");

    private static final Oid EXTRA_MEM = Oid.ulong(
                    "vm.redzone.extra_mem", CTLFLAG_RD, "what the red zones of blocks in use have asked for")
            .unit("bytes");

    /** What the boot environment says. */
    public static ArmourTunables from(Function<String, @Nullable String> environment) {
        Level level = level(Objects.requireNonNullElse(LEVEL.text(environment), STANDARD.level.name()));
        Long panic = PANIC.number(environment);
        Long quarantine = QUARANTINE.number(environment);
        return new ArmourTunables(
                level == null ? STANDARD.level : level,
                panic == null ? STANDARD.panic : panic != 0,
                quarantine == null || quarantine < 0 ? STANDARD.quarantine : quarantine);
    }

    /**
     * Says which tunables make no sense though they can be read; what is standard holds for them.
     *
     * @param complaints are told line by line
     */
    public static void complain(Function<String, @Nullable String> environment, Consumer<String> complaints) {
        String level = LEVEL.text(environment);
        if (level != null && level(level) == null) {
            complaints.accept(ArmourMessages.noSuchLevel(LEVEL.knob().name(), level));
        }
    }

    /** Sets what was said. */
    public void apply(MallocOperator operator, CheckedBlocks armoured, DamageReports reports) {
        reports.panic(panic);
        armoured.quarantine().maxBytes(quarantine);
        operator.level(level);
    }

    public static void declare(
            SysctlTree tree, MallocOperator operator, CheckedBlocks armoured, DamageReports reports) {
        tree.add(LEVEL.bindText(LEVEL_SIZE, () -> operator.level().name(), name -> {
            Level level = level(name);
            if (level != null) {
                operator.level(level);
            }
            return level != null;
        }));
        tree.add(QUARANTINE.bind(armoured.quarantine()::maxBytes, bytes -> {
            armoured.quarantine().maxBytes(bytes);
            return true;
        }));
        tree.add(REDZONE);
        tree.add(PANIC.bind(() -> reports.panic() ? 1 : 0, value -> {
            reports.panic(value != 0);
            return true;
        }));
        tree.add(EXTRA_MEM.bind(armoured::extraBytes));
    }

    private static @Nullable Level level(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "R" -> Level.R;
            case "I" -> Level.I;
            case "G" -> Level.G;
            default -> null;
        };
    }
}
