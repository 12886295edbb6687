package dev.malloc9.kernel;

import dev.malloc9.debug.SiteTunables;
import dev.malloc9.debug.memguard.GuardSizes;
import dev.malloc9.debug.memguard.GuardTunables;
import dev.malloc9.malloc.MallocSubsystem;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.armour.ArmourTunables;
import dev.malloc9.malloc.view.MallocTunables;
import dev.malloc9.pcpu.CpuRecords;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.KmemTunables;
import dev.malloc9.vm.MemoryLimits;
import dev.malloc9.vm.PageSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings that must be known before the kernel boots: the tunables of each layer.
 *
 * <p>Numbers are in C's notation, with an optional suffix k, m, g or t for a power of 1024. A text that cannot be parsed is ignored, as at
 * a FreeBSD boot prompt.
 *
 * @param kmem the tunables of the kernel map
 * @param malloc the tunables of malloc
 * @param armour the level of the kernel, and the tunables of armoured blocks
 * @param verifySeconds the interval in seconds at which armoured blocks are verified; 0 for never
 * @param sites the tunables of allocation sites
 * @param guard the tunables of MemGuard
 * @param param the system parameters that belong to no layer
 * @param physicalPages the number of OS pages that the process may use
 */
public record Tunables(
        KmemTunables kmem,
        MallocTunables malloc,
        ArmourTunables armour,
        long verifySeconds,
        SiteTunables sites,
        GuardTunables guard,
        Param param,
        long physicalPages) {

    /** Creates the standard tunables, with a kernel map of the given size in bytes. */
    public Tunables(long kmemSize) {
        this(
                KmemTunables.of(kmemSize),
                MallocTunables.STANDARD,
                ArmourTunables.STANDARD,
                0,
                SiteTunables.STANDARD,
                GuardTunables.STANDARD,
                Param.from(name -> null, physicalMemory() / PageSource.PAGE, kmemSize),
                physicalMemory() / PageSource.PAGE);
    }

    /**
     * Returns a copy with a statistics file.
     *
     * @param file the path of the file; blank for none
     */
    public Tunables withStatsFile(String file) {
        return new Tunables(
                kmem,
                new MallocTunables(
                        malloc.rawQuarantine(), malloc.sizeClasses(), malloc.zoneSets(), malloc.failureRate(), file),
                armour,
                verifySeconds,
                sites,
                guard,
                param,
                physicalPages);
    }

    /**
     * Reads the tunables for this process.
     *
     * @param environment the boot environment: the value of each name, or null
     */
    public static Tunables from(Function<String, @Nullable String> environment) {
        return from(environment, MemoryLimits.ofThisProcess(physicalMemory()));
    }

    /**
     * Reads the tunables for a machine with the given memory. No share of the memory is set aside for the JVM.
     *
     * @param environment the boot environment: the value of each name, or null
     * @param physicalMemory the memory in bytes
     */
    public static Tunables from(Function<String, @Nullable String> environment, long physicalMemory) {
        return from(environment, physicalMemory, MemoryLimits.NONE);
    }

    /**
     * Reads the tunables for a process with the given limits.
     *
     * @param environment the boot environment: the value of each name, or null
     */
    public static Tunables from(Function<String, @Nullable String> environment, MemoryLimits limits) {
        return from(environment, limits.memory(), limits.mostKmem());
    }

    private static Tunables from(Function<String, @Nullable String> environment, long physicalMemory, long mostKmem) {
        long physicalPages = physicalMemory / PageSource.PAGE;
        KmemTunables kmem = KmemTunables.from(environment, physicalPages, mostKmem);
        return new Tunables(
                kmem,
                MallocTunables.from(environment),
                ArmourTunables.from(environment),
                ScanThread.interval(environment),
                SiteTunables.from(environment),
                GuardTunables.from(environment),
                Param.from(environment, physicalPages, kmem.size()),
                physicalPages);
    }

    /** Returns the size of the kernel map in bytes (vm.kmem_size). */
    public long kmemSize() {
        return kmem.size();
    }

    /** Returns the number of bytes of the map that only requests with M_USE_RESERVE may use (vm.kmem_reserve). */
    public long kmemReserve() {
        return kmem.reserve();
    }

    /** Returns the size classes (vm.malloc.size_classes). */
    public SizeClasses sizeClasses() {
        return malloc.sizeClasses();
    }

    /** Returns the sets of zones of the size classes (debug.malloc.numzones, debug.malloc.zone_offset). */
    public ZoneSets zoneSets() {
        return malloc.zoneSets();
    }

    /** Returns the limits of MemGuard's size. */
    GuardSizes guardSizes() {
        return GuardSizes.of(
                guard.divisor(), physicalPages, kmem.size(), kmem.sizing().max());
    }

    /** Adds the layers' knobs, except that of the verification, to the tree of a kernel that was booted with these tunables. */
    void declare(SysctlTree tree, KernelMap map, MallocSubsystem subsystem) {
        kmem.declare(tree, map, subsystem.lowMemory());
        CpuRecords.declare(tree);
        subsystem.declare(tree);
        param.declare(tree);
    }

    /** Returns the memory of the machine or of the container, in bytes ({@link PhysicalMemory#bytes}). */
    private static long physicalMemory() {
        return PhysicalMemory.bytes();
    }
}
