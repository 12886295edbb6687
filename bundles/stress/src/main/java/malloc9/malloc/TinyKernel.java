package malloc9.malloc;

import static malloc9.api.MallocFlags.M_WAITOK;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import malloc9.api.KernelPanic;
import malloc9.api.Malloc;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.api.UnregisteredType;
import malloc9.api.kernel.TypeRecords;
import malloc9.api.runtime.Damage;
import malloc9.api.runtime.LeakReport;
import malloc9.api.runtime.LowMemoryHandler;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.TypeStats;
import malloc9.debug.memguard.GuardSizes;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.account.ZoneSets;
import malloc9.malloc.type.Descriptor;
import malloc9.malloc.type.Events;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.Owner;
import malloc9.malloc.type.TypeOwners;
import malloc9.malloc.view.MallocTunables;
import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;
import malloc9.vm.WaitClock;
import org.jspecify.annotations.Nullable;

/** A malloc subsystem with one module of one type, over a map so small that each sample of a test has its own. */
final class TinyKernel implements TypeOwners, Events {

    private static final long MAP_BYTES = 2 << 20;

    @MallocDefine(name = "sampled")
    private static final MallocType M_SAMPLED = MallocType.define();

    /** This kernel's own descriptor: one can be bound to one kernel only. */
    final MallocType type = MallocType.define();

    final MallocSubsystem subsystem;
    private final KernelMap map = new KernelMap(PageSource.reserve(MAP_BYTES));
    private final Owner owner = new Owner(new ModuleId("sample", "1", 1), "");

    /** What must not happen. */
    private final AtomicInteger incidents = new AtomicInteger();

    /** Blocks that the module left, by the kernel's report. */
    private volatile long leaked;

    TinyKernel() {
        MemGuard guard = new MemGuard(
                new GuardSizes(GuardSizes.STANDARD_DIVISOR, 0, 0), 0, () -> 0, map.failPoints(), line -> {});
        subsystem = new MallocSubsystem(
                new MallocSubsystem.Resources(map, guard, WaitClock.SYSTEM, null),
                this,
                this,
                new MallocTunables(0, SizeClasses.PAGES, ZoneSets.ONE, 0, ""));
        subsystem.register(owner, List.of(new Descriptor(M_SAMPLED.name(), null, MallocType.M_MAGIC, null)));
        bind();
    }

    Malloc malloc() {
        return subsystem.malloc();
    }

    /** Blocks of the type that are out. */
    long live() {
        TypeStats stats = subsystem.statistics().typeStats().getFirst();
        return stats.allocs() - stats.frees();
    }

    /** Blocks that the module left. */
    long leaked() {
        return leaked;
    }

    /** Stops the module. */
    void unload() {
        subsystem.unregister(owner);
    }

    /** Ends it; with nothing out, all memory has to be in the map again. Returns what went wrong, 0 for nothing. */
    long end() {
        subsystem.zones().reclaim();
        long lost = map.used();
        subsystem.shutdown();
        return lost + incidents.get();
    }

    /** A first use of the type leads its record into a descriptor, from where ours gets it. */
    private void bind() {
        synchronized (M_SAMPLED) {
            malloc().free(malloc().malloc(1, M_SAMPLED, M_WAITOK), M_SAMPLED);
            MallocTypeInternal record = (MallocTypeInternal) Objects.requireNonNull(M_SAMPLED.handle());
            TypeRecords.get().replace(M_SAMPLED, record, null);
            record.bind(type);
        }
    }

    @Override
    public Owner ownerOf(MallocType asked) {
        if (asked != M_SAMPLED) {
            throw new UnregisteredType("its module is gone");
        }
        return owner;
    }

    @Override
    public void lowMemoryHandlerLate(LowMemoryHandler handler) {}

    @Override
    public void callbackLate(ModuleId module, String zone, String callback) {}

    @Override
    public void registered(ModuleId module, String registered, String description) {}

    @Override
    public void unregistered(ModuleId module, String unregistered) {}

    @Override
    public void leaked(LeakReport report) {
        leaked = report.allocations();
    }

    @Override
    public void zoneLeft(LeakReport report) {
        incidents.incrementAndGet();
    }

    @Override
    public void zoneNotEmpty(ModuleId module, String zone, long items, long pages) {
        incidents.incrementAndGet();
    }

    @Override
    public void quarantined(ModuleId module, long bytes) {
        incidents.incrementAndGet();
    }

    @Override
    public void notRevokedInTime(ModuleId module, long seconds) {}

    @Override
    public void lowMemoryHandlerFailed(LowMemoryHandler handler, Throwable thrown) {
        incidents.incrementAndGet();
    }

    @Override
    public void softLimitPassed(ModuleId module, @Nullable String limited, long limitBytes, long usedBytes) {
        incidents.incrementAndGet();
    }

    @Override
    public void note(String line) {}

    /** A free that comes too late earns one; whoever counts frees sees to it that no other does. */
    @Override
    public void damaged(Damage damage) {}

    @Override
    public void panicked(ModuleId who, KernelPanic panic) {}
}
