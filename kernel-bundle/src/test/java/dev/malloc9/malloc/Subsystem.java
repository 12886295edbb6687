package dev.malloc9.malloc;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.raw.RawMemory;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.zone.Zones;
import dev.malloc9.debug.memguard.GuardSettings;
import dev.malloc9.debug.memguard.GuardSizes;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.statsfile.StatsFile;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeMessages;
import dev.malloc9.malloc.type.TypeOwners;
import dev.malloc9.malloc.view.MallocTunables;
import dev.malloc9.malloc.zone.ZoneMessages;
import dev.malloc9.pcpu.CpuRecords;
import dev.malloc9.sysctl.SysctlService;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import dev.malloc9.vm.VirtualClock;
import dev.malloc9.vm.WaitClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A malloc subsystem for tests, which load and unload modules themselves. It records the events of which it is notified. */
public class Subsystem implements TypeOwners, Events, AutoCloseable {

    @MallocDefine(name = "a")
    public static final MallocType M_A = MallocType.define();

    @MallocDefine(name = "b")
    public static final MallocType M_B = MallocType.define();

    @MallocDefine(name = "c")
    public static final MallocType M_C = MallocType.define();

    /** A type of a second kernel, in tests with two kernels. */
    @MallocDefine(name = "d")
    public static final MallocType M_D = MallocType.define();

    /** The size in bytes of the quarantine for blocks that were leaked by address: ten blocks of 4 KiB. */
    public static final long RAW_QUARANTINE = 40 << 10;

    /** The largest number of guarded blocks. */
    public static final int GUARDED_BLOCKS = 1000;

    /** The size in bytes of guarded pages in use from which on requests below an OS page are not guarded. */
    public static final long GUARD_LIMIT = 16 << 20;

    public final KernelMap map;
    public final MallocSubsystem subsystem;
    public final List<LeakReport> leaks = Collections.synchronizedList(new ArrayList<>());
    public final List<KernelPanic> panics = Collections.synchronizedList(new ArrayList<>());

    /** The modules that caused the panics, in the order of {@code panics}. */
    public final List<ModuleId> panicked = Collections.synchronizedList(new ArrayList<>());

    /** The types that were registered ("+name") and unregistered ("-name"), in order. */
    public final List<String> lives = Collections.synchronizedList(new ArrayList<>());

    public final List<Damage> damages = Collections.synchronizedList(new ArrayList<>());

    /** The soft limits that were passed: type, limit and use, separated by colons. The type is empty if the limit is that of a module. */
    public final List<String> softLimits = Collections.synchronizedList(new ArrayList<>());
    /** The zones that their modules had not destroyed. */
    public final List<LeakReport> zonesLeft = Collections.synchronizedList(new ArrayList<>());

    /** The messages about zones that were destroyed while items were in use. */
    public final List<String> zonesNotEmpty = Collections.synchronizedList(new ArrayList<>());

    /** The numbers of bytes that went into quarantine. */
    public final List<Long> quarantined = Collections.synchronizedList(new ArrayList<>());

    /** The errors that handlers of vm_lowmem threw. */
    public final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

    /** The warnings about callbacks that have not returned. */
    public final List<String> late = Collections.synchronizedList(new ArrayList<>());

    /** The messages for an operator. */
    public final List<String> notes = Collections.synchronizedList(new ArrayList<>());

    public final MemGuard guard;
    private final Sysctl sysctl;
    private final Map<MallocType, Owner> owners = new ConcurrentHashMap<>();

    public Subsystem() {
        this(16L << 20);
    }

    /** Creates a kernel whose requests do not really wait if the map is full. */
    public Subsystem(long bytes) {
        this(bytes, 0, new VirtualClock());
    }

    public Subsystem(long bytes, long reserveBytes, WaitClock clock) {
        this(new KernelMap(PageSource.reserve(bytes), reserveBytes), SizeClasses.PAGES, ZoneSets.ONE, clock, null);
    }

    public Subsystem(long bytes, SizeClasses classes, ZoneSets zoneSets) {
        this(PageSource.reserve(bytes), classes, zoneSets);
    }

    public Subsystem(PageSource pages, SizeClasses classes, ZoneSets zoneSets) {
        this(new KernelMap(pages), classes, zoneSets, new VirtualClock(), null);
    }

    /** Creates a kernel whose types are recorded in a file; no types are recorded if the file is null. */
    public Subsystem(long bytes, long reserveBytes, @Nullable StatsFile statsFile) {
        this(
                new KernelMap(PageSource.reserve(bytes), reserveBytes),
                SizeClasses.PAGES,
                ZoneSets.ONE,
                new VirtualClock(),
                statsFile);
    }

    @SuppressWarnings("this-escape") // the subsystem only stores the reference, and uses it for later notifications
    private Subsystem(
            KernelMap map, SizeClasses classes, ZoneSets zoneSets, WaitClock clock, @Nullable StatsFile statsFile) {
        this.map = map;
        // 64 MiB of address space; the dice give the same numbers in each run.
        GuardSizes sizes = new GuardSizes(10, GUARD_LIMIT, 64 << 20);
        this.guard = new MemGuard(sizes, GUARDED_BLOCKS, dice(), map.failPoints(), this::note);
        subsystem = new MallocSubsystem(
                new MallocSubsystem.Resources(map, guard, clock, statsFile),
                this,
                this,
                new MallocTunables(RAW_QUARANTINE, classes, zoneSets, 0, ""));
        SysctlTree tree = new SysctlTree();
        CpuRecords.declare(tree);
        subsystem.declare(tree);
        sysctl = new SysctlService(tree);
    }

    /** Returns a source of random numbers with a fixed seed. */
    private static IntSupplier dice() {
        Random random = new Random(42);
        return () -> random.nextInt(GuardSettings.CERTAIN);
    }

    public RawMemory rawMemory() {
        return subsystem.rawMemory();
    }

    public Malloc malloc() {
        return subsystem.malloc();
    }

    public RawMalloc rawMalloc() {
        return subsystem.rawMalloc();
    }

    /** Returns the knobs of malloc and UMA. */
    public Sysctl sysctl() {
        return sysctl;
    }

    public Zones zones() {
        return subsystem.zones();
    }

    public Owner load(String module, MallocType... types) {
        Owner owner = new Owner(new ModuleId(module, "1", 7), "");
        Stream.of(types).forEach(type -> adopt(type, owner));
        subsystem.register(
                owner,
                Stream.of(types)
                        .map(type -> new Descriptor(type.name(), null, type.magic(), null))
                        .toList());
        return owner;
    }

    /** Makes the owner the owner of the type from now on, whether the type is declared or not. */
    public void adopt(MallocType type, Owner owner) {
        owners.put(type, owner);
    }

    public void unload(Owner owner) {
        owners.values().removeIf(owner::equals);
        subsystem.unregister(owner);
    }

    public TypeStats stats(String name) {
        return subsystem.statistics().typeStats().stream()
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Owner ownerOf(MallocType type) throws NotLoaded {
        Owner owner = owners.get(type);
        if (owner == null) {
            throw new NotLoaded("its module is gone");
        }
        return owner;
    }

    @Override
    public void leaked(LeakReport report) {
        leaks.add(report);
    }

    @Override
    public void zoneLeft(LeakReport report) {
        zonesLeft.add(report);
    }

    @Override
    public void zoneNotEmpty(ModuleId module, String zone, long items, long pages) {
        zonesNotEmpty.add(ZoneMessages.notEmpty(zone, module, items, pages));
    }

    @Override
    public void quarantined(ModuleId module, long bytes) {
        quarantined.add(bytes);
    }

    @Override
    public void notRevokedInTime(ModuleId module, long seconds) {
        notes.add(TypeMessages.notRevokedInTime(module, seconds));
    }

    @Override
    public void lowMemoryHandlerFailed(LowMemoryHandler handler, Throwable thrown) {
        failures.add(thrown);
    }

    @Override
    public void lowMemoryHandlerLate(LowMemoryHandler handler) {
        late.add(TypeMessages.lowMemoryHandlerLate(handler.getClass().getName()));
    }

    @Override
    public void callbackLate(ModuleId module, String zone, String callback) {
        late.add(ZoneMessages.callbackLate(callback, zone, module));
    }

    @Override
    public void registered(ModuleId module, String type, String description) {
        lives.add("+" + type);
    }

    @Override
    public void unregistered(ModuleId module, String type) {
        lives.add("-" + type);
    }

    @Override
    public void softLimitPassed(ModuleId module, @Nullable String type, long limitBytes, long usedBytes) {
        softLimits.add((type == null ? "" : type) + ":" + limitBytes + ":" + usedBytes);
    }

    @Override
    public void damaged(Damage damage) {
        damages.add(damage);
    }

    @Override
    public void note(String line) {
        notes.add(line);
    }

    @Override
    public void panicked(ModuleId who, KernelPanic panic) {
        panics.add(panic);
        panicked.add(who);
    }

    @Override
    public void close() {
        subsystem.shutdown();
    }
}
