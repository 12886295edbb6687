package dev.malloc9.malloc;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.TypeAccounting;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.raw.RawMemory;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.zone.Zones;
import dev.malloc9.debug.Sites;
import dev.malloc9.debug.memguard.GuardSettings;
import dev.malloc9.debug.memguard.GuardTunables;
import dev.malloc9.debug.memguard.GuardedMemory;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.LastFailure;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.alloc.Allocator;
import dev.malloc9.malloc.alloc.ConstantKernel;
import dev.malloc9.malloc.alloc.ContigMalloc;
import dev.malloc9.malloc.alloc.FastPathTables;
import dev.malloc9.malloc.alloc.KernelServices;
import dev.malloc9.malloc.alloc.MallocService;
import dev.malloc9.malloc.alloc.RawMallocService;
import dev.malloc9.malloc.alloc.Realloc;
import dev.malloc9.malloc.alloc.SlowPath;
import dev.malloc9.malloc.armour.ArmourTunables;
import dev.malloc9.malloc.armour.CheckedBlocks;
import dev.malloc9.malloc.armour.DamageReports;
import dev.malloc9.malloc.armour.GuardedRequests;
import dev.malloc9.malloc.armour.Sampler;
import dev.malloc9.malloc.block.Admission;
import dev.malloc9.malloc.block.BlockParts;
import dev.malloc9.malloc.block.FreeDiagnosis;
import dev.malloc9.malloc.block.PlainBlocks;
import dev.malloc9.malloc.block.Quarantine;
import dev.malloc9.malloc.block.Reclaimer;
import dev.malloc9.malloc.block.RequestCheck;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.refusal.Whatis;
import dev.malloc9.malloc.statsfile.StatsFile;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.KernelPolicy;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.Suspects;
import dev.malloc9.malloc.type.TracedEvents;
import dev.malloc9.malloc.type.TypeAccountingService;
import dev.malloc9.malloc.type.TypeMessages;
import dev.malloc9.malloc.type.TypeOwners;
import dev.malloc9.malloc.type.TypeProbes;
import dev.malloc9.malloc.type.TypeSections;
import dev.malloc9.malloc.view.BlockWalk;
import dev.malloc9.malloc.view.MallocTunables;
import dev.malloc9.malloc.view.MapFigures;
import dev.malloc9.malloc.view.Operator;
import dev.malloc9.malloc.view.Statistics;
import dev.malloc9.malloc.view.TypeStream;
import dev.malloc9.malloc.zone.ZoneRegistry;
import dev.malloc9.malloc.zone.ZoneService;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.trace.Trace;
import dev.malloc9.uma.Uma;
import dev.malloc9.uma.ZoneStream;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.KmemWait;
import dev.malloc9.vm.LowMemory;
import dev.malloc9.vm.WaitClock;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The malloc subsystem: it registers and unregisters types (malloc_init, malloc_uninit), creates the allocator's parts, and provides the
 * services and the statistics.
 */
public final class MallocSubsystem {

    /** The module that stands for the kernel as long as no module has registered types. */
    private static final ModuleId NOBODY = new ModuleId("malloc9", "", 0);

    private final KernelMap map;
    private final Uma uma;
    private final Allocator allocator;
    private final MallocTypes types;
    private final TracedEvents events;
    private final LowMemory lowMemory;

    /** The allocator and its two services, segments and raw addresses. */
    private final KernelServices doors;

    private final ZoneService zoneService;

    private final Uninit uninit;
    private final Statistics statistics;

    /** The quarantine of blocks that stopped modules leaked by address. */
    private final Quarantine rawQuarantine;

    /** The module that was the first to register types; it stands for the kernel. {@link #NOBODY} before. */
    private volatile ModuleId kernel = NOBODY;

    /** The blocks of level I, which have red zones. */
    private final CheckedBlocks armoured;

    private final DamageReports reports;

    private final Reclaimer reclaimer;

    /** The operator's settings for the whole kernel, and the choice between the fast and the slow path for each type. */
    private final KernelPolicy watches;

    private final MallocOperator operator;
    private final TypeAccounting accounting;

    /** The file in which the statistics of types outlive the process, or null. */
    private final @Nullable StatsFile statsFile;

    private final Sites sites;
    private final MemGuard guard;
    private final GuardedMemory rawMemory;
    private final Sampler sampler;
    private final Trace trace;
    private final MallocTunables tunables;

    /**
     * The resources of one subsystem. No other component allocates from them.
     *
     * @param map the kernel map, which {@link #shutdown} closes unless it is still in use
     * @param guard the allocator of guarded blocks
     * @param clock the clock on which requests wait while the kernel map is full
     * @param statsFile the file in which the statistics of types outlive the process, or null; the caller closes it after the shutdown
     */
    public record Resources(
            KernelMap map,
            MemGuard guard,
            WaitClock clock,
            @Nullable StatsFile statsFile) {}

    /**
     * Creates a subsystem without types. Makes its services the constant ones of the process, unless another kernel is the constant one or
     * 64 kernels have had a turn ({@link ConstantKernel#settle}).
     *
     * @param owners finds the owner of a descriptor's class
     * @param told the receiver of all events
     * @param tunables the tunables of malloc that the boot environment sets
     */
    public MallocSubsystem(Resources resources, TypeOwners owners, Events told, MallocTunables tunables) {
        this.map = resources.map;
        this.guard = resources.guard;
        this.statsFile = resources.statsFile;
        this.tunables = tunables;
        this.trace = Trace.open(told::note);
        this.events = new TracedEvents(told, trace);
        SizeClasses classes = tunables.sizeClasses();
        ZoneSets zoneSets = tunables.zoneSets();
        this.watches = new KernelPolicy(classes, events, guard, trace);
        LastFailure lastFailure = new LastFailure(System::nanoTime);
        Suspects suspects = new Suspects(zoneSets, classes.count());
        MallocTypes.Policy policy =
                new MallocTypes.Policy(classes, classes.count() * zoneSets.count(), suspects, watches);
        this.types = new MallocTypes(owners, events, policy, guard, statsFile, map.failPoints());
        this.uma = new Uma(map, classes.names(), classes.sizes(), zoneSets.count(), types);
        this.sites = new Sites(owners::moduleOf);
        BlockWalk blockWalk = new BlockWalk(uma, guard);
        this.lowMemory = new LowMemory(
                map.failPoints(), uma.calls(), events::lowMemoryHandlerFailed, events::lowMemoryHandlerLate);
        KmemWait kmemWait = new KmemWait(map, lowMemory, this::reclaim, resources.clock);
        TypeSections sections = new TypeSections(uma);
        TypeProbes probes = new TypeProbes(trace, uma, classes);
        Whatis whatis = new Whatis(uma, types, guard);
        Refusals refusals = new Refusals(whatis, events);
        BlockParts parts = new BlockParts(
                uma, classes, sections, new Admission(lastFailure, probes), new FreeDiagnosis(uma, refusals));
        this.reports = new DamageReports(uma, types, watches, suspects, events);
        this.armoured = new CheckedBlocks(parts, types, watches, sites, reports);
        GuardedRequests guarded = new GuardedRequests(parts, guard, watches, sites, refusals, reports);
        PlainBlocks plain = new PlainBlocks(parts, armoured.quarantine(), kmemWait);
        RequestCheck requests = new RequestCheck(classes, map.size());
        SlowPath slow = new SlowPath(parts, requests, refusals, plain, armoured, guarded);
        this.allocator = new Allocator(FastPathTables.of(uma, classes), types, slow);
        this.rawQuarantine = new Quarantine(uma, tunables.rawQuarantine(), armoured::wipe);
        this.reclaimer = new Reclaimer(uma, armoured.quarantine(), rawQuarantine);
        this.rawMemory = new GuardedMemory(guard, map.base(), map.size(), hit -> events.panicked(ownerOf(hit), hit));
        this.sampler = new Sampler(types, bound -> ThreadLocalRandom.current().nextInt(bound));
        ContigMalloc contig = new ContigMalloc(slow, uma, kmemWait);
        Realloc realloc = new Realloc(allocator, slow);
        this.doors = new KernelServices(
                allocator,
                new MallocService(allocator, realloc, contig),
                new RawMallocService(allocator, realloc, contig));
        ConstantKernel.settle(doors);
        this.accounting = new TypeAccountingService(sections, types, probes);
        this.operator = new Operator(types, watches, uma, armoured, suspects);
        ZoneRegistry zones = new ZoneRegistry(uma, types, events);
        this.zoneService = new ZoneService(uma, allocator, types, zones, events, reclaimer);
        this.uninit =
                new Uninit(uma, types, zones, events, blockWalk, new Uninit.Left(armoured, guarded, rawQuarantine));
        this.statistics = new Statistics(
                uma, types, zones, blockWalk, whatis, new MapFigures(uma, lastFailure, uninit::keptBytes));
        trace.follow(() -> watches.change(types, uma.cpus(), () -> {}, () -> {}));
    }

    /** Returns the service that hands out segments: bounds are checked, and access ends with the bundle. */
    public Malloc malloc() {
        return doors.segments();
    }

    /** Returns the service that hands out raw addresses, which have no bounds and cannot be revoked. */
    public RawMalloc rawMalloc() {
        return doors.addresses();
    }

    /** Returns the service that reads and writes memory by raw address. */
    public RawMemory rawMemory() {
        return rawMemory;
    }

    /**
     * Changes MemGuard's settings. Every request that begins after the return sees the new settings. If {@code change} throws, nothing has
     * changed.
     *
     * @param change computes the new settings from the present ones
     */
    public void guard(UnaryOperator<GuardSettings> change) {
        watches.change(
                types,
                uma.cpus(),
                () -> guard.settings(change.apply(guard.settings())),
                () -> sampler.every(guard.settings().sampleMillis()));
    }

    /** Performs the periodic step of the sampler once. For tests. */
    void tickSampler() {
        sampler.tick();
    }

    /** Returns the statistics of types, zones and the kernel map. */
    public Statistics statistics() {
        return statistics;
    }

    /** Returns the service by which other allocators account for their memory under malloc's types. */
    public TypeAccounting accounting() {
        return accounting;
    }

    /** Returns the operator's switches. */
    public MallocOperator operator() {
        return operator;
    }

    /** Returns the service that creates zones for drivers. */
    public Zones zones() {
        return zoneService;
    }

    /**
     * Adds the knobs of malloc, its checks, MemGuard and the fail points. Adds the streams of types and of zones; UMA's stream of zones
     * needs this layer's counts.
     */
    public void declare(SysctlTree tree) {
        tunables.declare(tree, operator, watches.profile, statsFile);
        sites.declare(tree);
        map.failPoints().declare(tree);
        ArmourTunables.declare(tree, operator, armoured, reports);
        GuardTunables.declare(tree, guard, this::guard);
        new TypeStream(types).declare(tree);
        new ZoneStream(uma, statistics::zoneRecords).declare(tree);
    }

    /**
     * Applies the tunables of the boot environment for the checks of blocks: the level, the size of the quarantine, and whether damage is a
     * panic. Types that are registered already get the level too.
     */
    public void armour(ArmourTunables tunables) {
        tunables.apply(operator, armoured, reports);
    }

    /** Returns the reason why types have no probes; an empty string if they have probes. */
    public String withoutProbes() {
        return trace.absence();
    }

    /**
     * Returns idle memory: the full buckets that no request needed since the last call, all empty slabs, and the OS pages inside slabs that
     * hold only free items.
     */
    public void trimIdle() {
        uma.trimIdle();
    }

    /** Returns the event vm_lowmem, at which drivers free memory. */
    public LowMemory lowMemory() {
        return lowMemory;
    }

    /**
     * Registers all types of an owner, or none if one cannot be registered.
     *
     * @throws dev.malloc9.api.KernelPanic if a descriptor is invalid, too few numbers are left, the kernel has stopped, or a fail point
     *     injects a failure; it was reported to {@link Events}
     */
    public void register(Owner owner, List<Descriptor> descriptors) {
        types.register(owner, descriptors);
        if (kernel.equals(NOBODY)) {
            kernel = owner.module();
        }
        descriptors.forEach(type -> trace.typeRegister(
                TypeMessages.printable(type.name()),
                owner.title(),
                type.description() == null ? "" : TypeMessages.printable(type.description())));
        descriptors.forEach(type ->
                events.registered(owner.module(), String.valueOf(type.name()), String.valueOf(type.description())));
    }

    /**
     * Unregisters an owner's types and zones: reports their leaks, revokes the owner's segments and takes the memory back.
     *
     * @throws dev.malloc9.api.KernelPanic if the types were unregistered before, other than by {@link #shutdown}; it was reported to
     *     {@link Events}
     */
    public void unregister(Owner owner) {
        try {
            guard.fence("malloc_uninit");
        } catch (GuardHit hit) {
            // The fault is a pending one of this thread. The module is unregistered in spite of it.
            events.panicked(owner.module(), hit);
        }
        uninit.module(owner);
    }

    /**
     * Reports that a thread has waited in vain for {@link #unregister} in another thread.
     *
     * @param seconds the time that the thread has waited, in seconds
     */
    public void notRevokedInTime(Owner owner, long seconds) {
        events.notRevokedInTime(owner.module(), seconds);
    }

    /**
     * Revokes the segments of all owners, and closes the kernel map unless a segment or a critical section still uses it. No request is
     * served afterwards. Finis of zones and handlers of vm_lowmem that run on threads of the kernel are interrupted.
     *
     * @return the memory that was in use, even if a native call still uses a segment of it
     */
    public Revoked shutdown() {
        sampler.close();
        uma.calls().close();
        ConstantKernel.leave(doors);
        Revoked revoked = uninit.all(this::close);
        trace.close();
        return revoked;
    }

    /**
     * Closes the quarantines and the access by raw address, and then MemGuard and the kernel map.
     *
     * @param revoked whether all scopes of owners and of live guarded blocks have ended, and no critical section is open; if false,
     *     MemGuard and the map stay
     */
    private void close(boolean revoked) {
        armoured.quarantine().close();
        rawQuarantine.close();
        rawMemory.close();
        // Segments of freed guarded blocks may still be alive. Closing MemGuard ends them now. If a native call uses
        // one of them, the address space of MemGuard and the kernel map stay.
        if (revoked && guard.close()) {
            map.close();
        }
    }

    /** Returns unused memory, also of both quarantines, to the kernel map. Called for a request that waits because the map is full. */
    private void reclaim() {
        reclaimer.reclaim();
    }

    /** Returns the table of the sites at which blocks are allocated and freed. */
    public Sites sites() {
        return sites;
    }

    /** Returns the module to which a hit is reported: the owner of the block, or the kernel if no block is known. */
    private ModuleId ownerOf(GuardHit hit) {
        GuardHit.Block block = hit.block();
        return block == null ? kernel : block.module();
    }
}
