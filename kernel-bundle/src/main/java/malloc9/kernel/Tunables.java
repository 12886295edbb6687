package malloc9.kernel;

import java.util.function.Function;
import malloc9.debug.SiteTunables;
import malloc9.debug.memguard.GuardSizes;
import malloc9.debug.memguard.GuardTunables;
import malloc9.malloc.MallocSubsystem;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.account.ZoneSets;
import malloc9.malloc.armour.ArmourTunables;
import malloc9.malloc.view.MallocTunables;
import malloc9.pcpu.CpuRecords;
import malloc9.sysctl.SysctlTree;
import malloc9.uma.BootPages;
import malloc9.vm.KernelMap;
import malloc9.vm.KmemTunables;
import malloc9.vm.MemoryLimits;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * What can be said before the kernel boots: each layer's tunables.
 *
 * <p>Sizes are numbers in C's notation, perhaps with a suffix k, m, g or t; what does not parse is ignored, as at a FreeBSD
 * boot prompt.
 *
 * @param kmem the kernel map's
 * @param bootPages UMA's
 * @param malloc malloc's
 * @param armour the armour's
 * @param verifySeconds how often the blocks of level I are looked at; 0 for never
 * @param sites those of allocation sites
 * @param guard MemGuard's
 * @param physicalPages OS pages that the process may use
 * @param param those of the system as a whole
 */
public record Tunables(
        KmemTunables kmem,
        BootPages bootPages,
        MallocTunables malloc,
        ArmourTunables armour,
        long verifySeconds,
        SiteTunables sites,
        GuardTunables guard,
        Param param,
        long physicalPages) {

    /** Those of a kernel map of that size. */
    public Tunables(long kmemSize) {
        this(
                KmemTunables.of(kmemSize),
                BootPages.STANDARD,
                MallocTunables.STANDARD,
                ArmourTunables.STANDARD,
                0,
                SiteTunables.STANDARD,
                GuardTunables.STANDARD,
                Param.from(name -> null, physicalMemory() / PageSource.PAGE, kmemSize),
                physicalMemory() / PageSource.PAGE);
    }

    /** The same with a statistics file. */
    public Tunables withStatsFile(String file) {
        return new Tunables(
                kmem,
                bootPages,
                new MallocTunables(
                        malloc.rawQuarantine(), malloc.sizeClasses(), malloc.zoneSets(), malloc.failureRate(), file),
                armour,
                verifySeconds,
                sites,
                guard,
                param,
                physicalPages);
    }

    /** Reads the tunables. */
    public static Tunables from(Function<String, @Nullable String> environment) {
        return from(environment, MemoryLimits.ofThisProcess(physicalMemory()));
    }

    /**
     * Reads the tunables for a machine that has memory for the kernel map alone.
     *
     * @param physicalMemory bytes that the map may use
     */
    public static Tunables from(Function<String, @Nullable String> environment, long physicalMemory) {
        return from(environment, physicalMemory, MemoryLimits.NONE);
    }

    /** Reads the tunables for a process with these limits. */
    public static Tunables from(Function<String, @Nullable String> environment, MemoryLimits limits) {
        return from(environment, limits.memory(), limits.mostKmem());
    }

    private static Tunables from(Function<String, @Nullable String> environment, long physicalMemory, long mostKmem) {
        long physicalPages = physicalMemory / PageSource.PAGE;
        KmemTunables kmem = KmemTunables.from(environment, physicalPages, mostKmem);
        return new Tunables(
                kmem,
                BootPages.from(environment),
                MallocTunables.from(environment),
                ArmourTunables.from(environment),
                ScanThread.interval(environment),
                SiteTunables.from(environment),
                GuardTunables.from(environment),
                Param.from(environment, physicalPages, kmem.size()),
                physicalPages);
    }

    /** Bytes of the kernel map (vm.kmem_size). */
    public long kmemSize() {
        return kmem.size();
    }

    /** Bytes of it that only M_USE_RESERVE may use (vm.kmem_reserve). */
    public long kmemReserve() {
        return kmem.reserve();
    }

    /** The size classes (vm.malloc.size_classes). */
    public SizeClasses sizeClasses() {
        return malloc.sizeClasses();
    }

    /** The sets of their zones (debug.malloc.numzones, debug.malloc.zone_offset). */
    public ZoneSets zoneSets() {
        return malloc.zoneSets();
    }

    /** How large MemGuard may become. */
    GuardSizes guardSizes() {
        return GuardSizes.of(
                guard.divisor(), physicalPages, kmem.size(), kmem.sizing().max());
    }

    /** Adds the knobs of all layers. */
    void declare(SysctlTree tree, KernelMap map, MallocSubsystem subsystem) {
        kmem.declare(tree, map, subsystem.lowMemory());
        CpuRecords.declare(tree);
        bootPages.declare(tree);
        subsystem.declare(tree);
        param.declare(tree);
    }

    /** The memory that this process may use: the container's, where there is one. */
    private static long physicalMemory() {
        return PhysicalMemory.bytes();
    }
}
