package dev.malloc9.debug.memguard;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RW;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import dev.malloc9.api.sysctl.KnobRange;
import dev.malloc9.debug.memguard.GuardMap.Figures;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The boot settings of MemGuard, and the declaration of its knobs.
 *
 * @param divisor the part of physical memory and of the largest kernel map that MemGuard may use, as a divisor; a value that
 *     {@link GuardSizes#of} cannot use stands for {@link GuardSizes#STANDARD_DIVISOR}
 * @param settings the settings that hold from the start
 */
public record GuardTunables(long divisor, GuardSettings settings) {

    /** The values that hold if no tunable is set. */
    public static final GuardTunables STANDARD = new GuardTunables(GuardSizes.STANDARD_DIVISOR, GuardSettings.STANDARD);

    private static final int OPTIONS = GuardSettings.GUARD | GuardSettings.ALL_LARGE;

    private static final Oid MEMGUARD = Oid.node("vm.memguard", "MemGuard: blocks between holes");

    private static final Oid DESC = Oid.string(
            "vm.memguard.desc",
            CTLFLAG_RWTUN,
            "types whose blocks are guarded: names with commas between them, * and ? for any characters");

    private static final Oid DIVISOR = Oid.uint(
                    "vm.memguard.divisor",
                    CTLFLAG_RDTUN,
                    "the part of memory, and of the largest kernel map, that MemGuard may take")
            .standard(Integer.toString(GuardSizes.STANDARD_DIVISOR));

    private static final Oid OPTION_BITS = Oid.integer(
                    "vm.memguard.options",
                    CTLFLAG_RWTUN,
                    "1: a hole on each side of a block; 2: every request of an OS page or more is guarded")
            .range(0, OPTIONS)
            .standard(Integer.toString(GuardSettings.STANDARD.options()));

    private static final Oid MINSIZE = Oid.uint("vm.memguard.minsize", CTLFLAG_RW, "smaller requests are not guarded")
            .unit("bytes")
            .standard("0");

    private static final Oid MINSIZE_REJECT =
            Oid.ulong("vm.memguard.minsize_reject", CTLFLAG_RD, "requests that were too small to be guarded");

    private static final Oid FREQUENCY = Oid.uint(
                    "vm.memguard.frequency", CTLFLAG_RWTUN, "how many of 100,000 requests of any type are guarded")
            .unit("of 100,000 requests")
            .range(0, GuardSettings.CERTAIN)
            .standard("0");

    private static final Oid FREQUENCY_HITS =
            Oid.ulong("vm.memguard.frequency_hits", CTLFLAG_RD, "requests that chance has chosen to be guarded");

    private static final Oid CURSOR =
            Oid.ulong("vm.memguard.cursor", CTLFLAG_RD, "where the next guarded block is looked for");

    private static final Oid MAPSIZE = Oid.ulong(
                    "vm.memguard.mapsize", CTLFLAG_RD, "address space for guarded blocks, once there are some")
            .unit("bytes");

    private static final Oid MAPSTART =
            Oid.ulong("vm.memguard.mapstart", CTLFLAG_RD, "where the address space of guarded blocks begins");

    private static final Oid MAPLIMIT =
            Oid.ulong("vm.memguard.maplimit", CTLFLAG_RD, "where the address space of guarded blocks ends");

    private static final Oid MAPUSED = Oid.ulong(
                    "vm.memguard.mapused", CTLFLAG_RD, "pages of guarded blocks, without the holes")
            .unit("bytes");

    private static final Oid PHYS_LIMIT = Oid.ulong(
                    "vm.memguard.phys_limit",
                    CTLFLAG_RD,
                    "pages in use from which on requests below an OS page are not guarded")
            .unit("bytes");

    private static final Oid WASTED = Oid.ulong(
                    "vm.memguard.wasted", CTLFLAG_RD, "unused rest of the pages of guarded blocks below an OS page")
            .unit("bytes");

    private static final Oid WRAPCNT =
            Oid.ulong("vm.memguard.wrapcnt", CTLFLAG_RD, "how often the cursor has come round");

    private static final Oid NUMALLOC = Oid.ulong("vm.memguard.numalloc", CTLFLAG_RD, "blocks that have been guarded");

    private static final Oid FAIL_KVA =
            Oid.ulong("vm.memguard.fail_kva", CTLFLAG_RD, "requests that found no address space, or all blocks in use");

    private static final Oid FAIL_PGS =
            Oid.ulong("vm.memguard.fail_pgs", CTLFLAG_RD, "requests that found no pages, or the limit reached");

    private static final Oid BLOCKS = Oid.uint("vm.memguard.blocks", CTLFLAG_RD, "guarded blocks there are now");

    private static final Oid MAX_BLOCKS = Oid.uint(
            "vm.memguard.max_blocks", CTLFLAG_RD, "guarded blocks there may be, for the sake of the OS's maps");

    private static final Oid SAMPLE_INTERVAL = Oid.uint(
                    "vm.memguard.sample_interval", CTLFLAG_RWTUN, "time from one sampled block to the next; 0 for none")
            .unit("ms")
            .range(0, Integer.MAX_VALUE)
            .standard("0");

    private static final Oid SAMPLES =
            Oid.ulong("vm.memguard.samples", CTLFLAG_RD, "blocks that have been guarded as samples");

    /**
     * Reads the tunables from the boot environment. A value out of range counts as not set. A desc that is too long is cut to
     * {@link GuardSettings#DESC_SIZE} - 1 characters. The divisor is checked later ({@link GuardSizes#of}).
     *
     * @param environment the value of each tunable by its name; null if it is not set
     */
    public static GuardTunables from(Function<String, @Nullable String> environment) {
        return from(environment, ignored -> {});
    }

    /**
     * Reports each tunable that is readable but out of range, and a desc that is too long. The standard value, or the cut desc, holds
     * instead.
     *
     * @param environment the value of each tunable by its name; null if it is not set
     * @param complaints the consumer of the messages
     */
    public static void complain(Function<String, @Nullable String> environment, Consumer<String> complaints) {
        from(environment, complaints);
    }

    private static GuardTunables from(Function<String, @Nullable String> environment, Consumer<String> complaints) {
        GuardSettings settings = GuardSettings.STANDARD;
        String desc = DESC.text(environment);
        if (desc != null) {
            int most = GuardSettings.DESC_SIZE - 1;
            settings = settings.withDesc(desc.substring(0, Math.min(desc.length(), most)));
            if (desc.length() > most) {
                complaints.accept(Messages.cut(DESC.knob().name(), most));
            }
        }
        Long options = sensible(OPTION_BITS, environment, complaints);
        if (options != null) {
            settings = settings.withOptions(options.intValue());
        }
        Long frequency = sensible(FREQUENCY, environment, complaints);
        if (frequency != null) {
            settings = settings.withFrequency(frequency.intValue());
        }
        Long interval = sensible(SAMPLE_INTERVAL, environment, complaints);
        if (interval != null) {
            settings = settings.withSampleMillis(interval.intValue());
        }
        Long divisor = DIVISOR.number(environment);
        return new GuardTunables(divisor == null ? GuardSizes.STANDARD_DIVISOR : divisor, settings);
    }

    /** Returns the number that a tunable is set to; null if it is not set, is no number, or is out of range. Reports the last case. */
    private static @Nullable Long sensible(
            Oid oid, Function<String, @Nullable String> environment, Consumer<String> complaints) {
        Long number = oid.number(environment);
        KnobRange range = oid.knob().range();
        if (number != null && !range.contains(number)) {
            complaints.accept(Messages.ignored(oid.knob().name(), range.min() + " to " + range.max(), number));
            return null;
        }
        return number;
    }

    /**
     * Adds the knobs of a guarding allocator to a tree.
     *
     * @param change the action that changes the settings; on its return they hold for every further request
     */
    public static void declare(SysctlTree tree, MemGuard guard, Consumer<UnaryOperator<GuardSettings>> change) {
        tree.add(MEMGUARD);
        tree.add(DESC.bindText(GuardSettings.DESC_SIZE, () -> guard.settings().desc(), desc -> {
            change.accept(settings -> settings.withDesc(desc));
            return true;
        }));
        tree.add(DIVISOR.bind(() -> guard.sizes().divisor()));
        tree.add(OPTION_BITS.bind(() -> guard.settings().options(), options -> {
            change.accept(settings -> settings.withOptions((int) options));
            return true;
        }));
        tree.add(MINSIZE.bind(() -> guard.settings().minSize(), bytes -> {
            change.accept(settings -> settings.withMinSize(bytes));
            return true;
        }));
        tree.add(MINSIZE_REJECT.bind(() -> guard.selection().tooSmall()));
        tree.add(FREQUENCY.bind(() -> guard.settings().frequency(), frequency -> {
            change.accept(settings -> settings.withFrequency((int) frequency));
            return true;
        }));
        tree.add(FREQUENCY_HITS.bind(() -> guard.selection().hits()));
        tree.add(SAMPLE_INTERVAL.bind(() -> guard.settings().sampleMillis(), millis -> {
            change.accept(settings -> settings.withSampleMillis((int) millis));
            return true;
        }));
        tree.add(SAMPLES.bind(guard::samplesTaken));
        tree.add(MAPSIZE.bind(() -> guard.sizes().mapBytes()));
        tree.add(PHYS_LIMIT.bind(() -> guard.sizes().physLimit()));
        tree.add(MAX_BLOCKS.bind(guard::maxBlocks));
        declareFigures(tree, guard);
    }

    private static void declareFigures(SysctlTree tree, MemGuard guard) {
        add(tree, guard, CURSOR, Figures::cursor);
        add(tree, guard, MAPUSED, Figures::used);
        add(tree, guard, WASTED, Figures::wasted);
        add(tree, guard, WRAPCNT, Figures::wraps);
        add(tree, guard, NUMALLOC, Figures::allocations);
        add(tree, guard, FAIL_KVA, Figures::noAddresses);
        add(tree, guard, FAIL_PGS, Figures::noPages);
        add(tree, guard, BLOCKS, Figures::blocks);
        tree.add(MAPSTART.bind(() -> {
            GuardMap map = guard.map();
            return map == null ? 0 : map.base();
        }));
        tree.add(MAPLIMIT.bind(() -> {
            GuardMap map = guard.map();
            return map == null ? 0 : map.limit();
        }));
    }

    /** Adds a knob for a figure of the map. The knob shows 0 while there is no map. */
    private static void add(SysctlTree tree, MemGuard guard, Oid oid, ToLongFunction<Figures> figure) {
        tree.add(oid.bind(() -> {
            GuardMap map = guard.map();
            return map == null ? 0 : figure.applyAsLong(map.figures());
        }));
    }
}
