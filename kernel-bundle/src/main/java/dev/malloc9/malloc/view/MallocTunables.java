package dev.malloc9.malloc.view;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.debug.SiteTunables;
import dev.malloc9.debug.memguard.GuardTunables;
import dev.malloc9.malloc.account.MallocProfile;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.armour.ArmourTunables;
import dev.malloc9.malloc.statsfile.StatsFile;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The tunables of malloc that are read before the kernel boots, and the declarations of these and other knobs of malloc.
 *
 * @param rawQuarantine the size in bytes of the quarantine for blocks that stopped modules had by address and did not free
 * @param sizeClasses the size classes
 * @param zoneSets the sets of zones for the size classes
 * @param failureRate the number n: every n-th request with M_NOWAIT fails after the boot, 0 or more; 0 for none
 * @param statsFile the path of the file in which the statistics of types outlive the process; blank for none
 */
public record MallocTunables(
        long rawQuarantine, SizeClasses sizeClasses, ZoneSets zoneSets, int failureRate, String statsFile) {

    /** The default values. */
    public static final MallocTunables STANDARD = new MallocTunables(1 << 20, SizeClasses.FINE, ZoneSets.ONE, 0, "");

    private static final Oid MALLOC = Oid.node("vm.malloc", "malloc");

    private static final Oid RAW_QUARANTINE = Oid.ulong(
                    "vm.malloc.raw_quarantine",
                    CTLFLAG_RDTUN,
                    "memory of blocks leaked by address that is kept from reuse")
            .unit("bytes")
            .standard(Long.toString(STANDARD.rawQuarantine));

    private static final Oid SIZE_CLASSES = Oid.string(
                    "vm.malloc.size_classes", CTLFLAG_RDTUN, "the preset of size classes: bsd, pages or fine")
            .standard(STANDARD.sizeClasses.name());

    private static final Oid ZONE_COUNT =
            Oid.uint("vm.malloc.zone_count", CTLFLAG_RD, "entries of vm.malloc.zone_sizes, with the 0 at its end");

    private static final Oid CLASS_SIZES = Oid.opaque(
                    "vm.malloc.class_sizes", CTLFLAG_RD, "I", "item sizes of the size classes, smallest first")
            .unit("bytes");

    private static final Oid ZONE_SIZES = Oid.opaque(
                    "vm.malloc.zone_sizes",
                    CTLFLAG_RD,
                    "I",
                    "sizes of the bits of a size mask in kern.malloc_stats, and a 0")
            .unit("bytes");

    private static final Oid DEBUG = Oid.node("debug.malloc", "malloc's failures on purpose, parallel zones and level");

    private static final Oid FAILURE_RATE = Oid.integer(
                    "debug.malloc.failure_rate",
                    CTLFLAG_RWTUN,
                    "every how many requests with M_NOWAIT one fails; 0 for none")
            .unit("requests")
            .range(0, Integer.MAX_VALUE)
            .standard(Integer.toString(STANDARD.failureRate));

    private static final Oid FAILURE_COUNT =
            Oid.integer("debug.malloc.failure_count", CTLFLAG_RD, "requests that were made to fail so far");

    private static final Oid NUMZONES = Oid.integer(
                    "debug.malloc.numzones", CTLFLAG_RDTUN, "zones that each size class has, 1 to " + ZoneSets.MAX)
            .standard(Integer.toString(STANDARD.zoneSets.count()));

    private static final Oid ZONE_OFFSET = Oid.uint(
                    "debug.malloc.zone_offset", CTLFLAG_RDTUN, "which character of a type's name chooses its zones")
            .standard(Integer.toString(STANDARD.zoneSets.offset()));

    private static final Oid MPROF = Oid.string(
            "kern.mprof",
            CTLFLAG_RD,
            "histogram of requested sizes, and the bytes that the size classes waste, once counted");

    private static final Oid STATS_FILE = Oid.string(
                    "kern.malloc_stats_file",
                    CTLFLAG_RDTUN,
                    "the file in which the statistics of types outlive the process")
            .standard(STANDARD.statsFile);

    /**
     * Reads the tunables from the boot environment. If a value is missing, cannot be parsed or exceeds a long, its default applies. An
     * unknown preset and a negative number are also replaced by the default. Any other invalid number is replaced by the nearest valid one.
     */
    public static MallocTunables from(Function<String, @Nullable String> environment) {
        Long quarantine = RAW_QUARANTINE.number(environment);
        Long sets = NUMZONES.number(environment);
        Long offset = ZONE_OFFSET.number(environment);
        Long rate = FAILURE_RATE.number(environment);
        return new MallocTunables(
                quarantine == null ? STANDARD.rawQuarantine : quarantine,
                sizeClasses(SIZE_CLASSES.text(environment)),
                new ZoneSets(
                        sets == null ? STANDARD.zoneSets.count() : sets.intValue(),
                        offset == null ? STANDARD.zoneSets.offset() : offset.intValue()),
                rate == null || rate < 0 ? STANDARD.failureRate : rate.intValue(),
                Objects.requireNonNullElse(STATS_FILE.text(environment), STANDARD.statsFile));
    }

    /**
     * Reports invalid values of the preset of size classes, the failure rate, the level, the sites and MemGuard. The default applies in
     * place of such a value; a text that is too long is cut instead. Numbers that cannot be parsed are not reported here, and neither are
     * numbers that were replaced by the nearest valid one.
     *
     * @param complaints takes the reports, one line each
     */
    public static void complain(Function<String, @Nullable String> environment, Consumer<String> complaints) {
        String preset = SIZE_CLASSES.text(environment);
        if (preset != null && SizeClasses.named(preset) == null) {
            complaints.accept(ViewMessages.noSuchPreset(SIZE_CLASSES.knob().name(), preset));
        }
        ArmourTunables.complain(environment, complaints);
        SiteTunables.complain(environment, complaints);
        GuardTunables.complain(environment, complaints);
        Long rate = FAILURE_RATE.number(environment);
        if (rate != null && rate < 0) {
            complaints.accept(ViewMessages.negativeTunable(FAILURE_RATE.knob().name(), rate));
        }
    }

    /**
     * Adds the knobs that this class declares, for a subsystem that was created with these tunables.
     *
     * @param operator the switches behind the knobs of failure injection
     * @param profile the histogram of requested sizes
     * @param inUse the statistics file in use; null if there is none, even if one was requested
     */
    public void declare(SysctlTree tree, MallocOperator operator, MallocProfile profile, @Nullable StatsFile inUse) {
        tree.add(MALLOC);
        tree.add(RAW_QUARANTINE.bind(() -> rawQuarantine));
        tree.add(SIZE_CLASSES.bindText(sizeClasses::name));
        long[] maskSizes = SizeClasses.maskSizes();
        tree.add(ZONE_COUNT.bind(() -> maskSizes.length + 1));
        tree.add(ZONE_SIZES.bindBytes(() -> integers(maskSizes, maskSizes.length + 1)));
        tree.add(CLASS_SIZES.bindBytes(() -> integers(sizeClasses.sizes(), sizeClasses.count())));
        tree.add(DEBUG);
        tree.add(FAILURE_RATE.bind(() -> operator.failures().rate(), rate -> {
            operator.failureRate((int) rate);
            return true;
        }));
        tree.add(FAILURE_COUNT.bind(() -> operator.failures().failureCount()));
        tree.add(NUMZONES.bind(zoneSets::count));
        tree.add(ZONE_OFFSET.bind(() -> Integer.toUnsignedLong(zoneSets.offset())));
        tree.add(MPROF.bindText(profile::knob));
        tree.add(STATS_FILE.bindText(() -> inUse == null ? "" : inUse.path().toString()));
    }

    /** Returns an array of C ints in the byte order of the host, with the given number of entries. Entries behind the last size are 0. */
    private static byte[] integers(long[] sizes, int entries) {
        ByteBuffer ints = ByteBuffer.allocate(entries * Integer.BYTES).order(ByteOrder.nativeOrder());
        LongStream.of(sizes).forEach(size -> ints.putInt((int) size));
        return ints.array();
    }

    /** Returns the preset with the given name, or the default if there is none. */
    private static SizeClasses sizeClasses(@Nullable String name) {
        SizeClasses named = name == null ? null : SizeClasses.named(name);
        return named == null ? STANDARD.sizeClasses : named;
    }
}
