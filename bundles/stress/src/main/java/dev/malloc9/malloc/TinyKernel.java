package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.kernel.TypeRecords;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.debug.memguard.GuardSizes;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeOwners;
import dev.malloc9.malloc.view.MallocTunables;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import dev.malloc9.vm.WaitClock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A malloc subsystem with one module of one type. Its map is so small that each sample of a test can have a kernel of its own. */
final class TinyKernel implements TypeOwners, Events {

    private static final long MAP_BYTES = 2 << 20;

    @MallocDefine(name = "sampled")
    private static final MallocType M_SAMPLED = MallocType.define();

    /** The descriptor of this kernel alone, since a descriptor can be bound to one kernel only. */
    final MallocType type = MallocType.define();

    final MallocSubsystem subsystem;
    private final KernelMap map = new KernelMap(PageSource.reserve(MAP_BYTES));
    private final Owner owner = new Owner(new ModuleId("sample", "1", 1), "");

    /** The number of events that no test may cause. */
    private final AtomicInteger incidents = new AtomicInteger();

    /** The number of blocks that the module left, according to the kernel's last leak report; 0 if there is none. */
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

    /** Returns the number of blocks of the type that are allocated. Called before {@link #unload} only. */
    long live() {
        TypeStats stats = subsystem.statistics().typeStats().getFirst();
        return stats.allocs() - stats.frees();
    }

    /** Returns the number of blocks that the module left; 0 before it is stopped. */
    long leaked() {
        return leaked;
    }

    /** Stops the module. */
    void unload() {
        subsystem.unregister(owner);
    }

    /**
     * Shuts the subsystem down. If no block is allocated, all memory must be back in the map by then. Returns the number of bytes in use
     * plus the number of incidents; 0 if there is nothing wrong.
     */
    long end() {
        subsystem.zones().reclaim();
        long lost = map.used();
        subsystem.shutdown();
        return lost + incidents.get();
    }

    /**
     * Binds {@link #type} to this kernel. The first use of the shared descriptor stores the type's record in it. The record is then removed
     * from there and bound to this kernel's own descriptor.
     */
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

    /**
     * {@inheritDoc} Ignored: a free that comes after the stop causes a report. A test that counts its frees finds any other refused free.
     */
    @Override
    public void damaged(Damage damage) {}

    @Override
    public void panicked(ModuleId who, KernelPanic panic) {}
}
