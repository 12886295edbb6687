package dev.malloc9.malloc.armour;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The boot tunables of armoured blocks, and the knobs with the same names.
 *
 * @param level the level of the kernel as a whole (debug.malloc.level)
 * @param panic whether a free that finds damage throws (vm.redzone.panic)
 * @param quarantine the most bytes of freed armoured blocks that are kept from reuse (vm.malloc.quarantine); 0 or more
 */
public record ArmourTunables(Level level, boolean panic, long quarantine) {

    /** The values of tunables that are not set: level R, no panic, 1 MiB. */
    public static final ArmourTunables STANDARD = new ArmourTunables(Level.R, false, 1 << 20);

    /** The size in bytes of the buffer for the name of a level, with its NUL. */
    private static final int LEVEL_SIZE = 16;

    private static final Oid LEVEL = Oid.string(
                    "debug.malloc.level",
                    CTLFLAG_RWTUN,
                    "how closely all blocks are watched: R, I (red zones, trash, quarantine) or G (guard pages)")
            .choices("R", "I", "G")
            .standard(STANDARD.level.name());

    private static final Oid QUARANTINE = Oid.ulong(
                    "vm.malloc.quarantine", CTLFLAG_RWTUN, "memory of blocks freed at level I that is kept from reuse")
            .unit("bytes")
            .standard(Long.toString(STANDARD.quarantine));

    private static final Oid REDZONE = Oid.node("vm.redzone", "red zones around the blocks of level I");

    private static final Oid PANIC = Oid.integer(
                    "vm.redzone.panic",
                    CTLFLAG_RWTUN,
                    "whether a free that finds damage throws, and does not only report")
            .standard("0");

    private static final Oid EXTRA_MEM = Oid.ulong(
                    "vm.redzone.extra_mem", CTLFLAG_RD, "memory that red zones add to the blocks in use")
            .unit("bytes");

    /** Returns the tunables of a boot environment. A tunable that is not set, or that has an invalid value, has its standard value. */
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
     * Reports a level in the boot environment that is not R, I or G; the standard level holds in its place. Other tunables are not checked
     * here.
     *
     * @param complaints takes each complaint as one line
     */
    public static void complain(Function<String, @Nullable String> environment, Consumer<String> complaints) {
        String level = LEVEL.text(environment);
        if (level != null && level(level) == null) {
            complaints.accept(ArmourMessages.noSuchLevel(LEVEL.knob().name(), level));
        }
    }

    /** Applies the tunables to a kernel. Types that are registered already get the level, too. */
    public void apply(MallocOperator operator, CheckedBlocks armoured, DamageReports reports) {
        reports.panic(panic);
        armoured.quarantine().maxBytes(quarantine);
        operator.level(level);
    }

    /** Adds the knobs to the sysctl tree. A write takes effect at once. */
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

    /** Returns the level of that name, in upper or lower case; null if there is none. */
    private static @Nullable Level level(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "R" -> Level.R;
            case "I" -> Level.I;
            case "G" -> Level.G;
            default -> null;
        };
    }
}
