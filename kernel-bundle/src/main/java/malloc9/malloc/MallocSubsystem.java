package malloc9.malloc;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import malloc9.api.Malloc;
import malloc9.api.TypeAccounting;
import malloc9.api.raw.GuardHit;
import malloc9.api.raw.RawMalloc;
import malloc9.api.raw.RawMemory;
import malloc9.api.runtime.MallocOperator;
import malloc9.api.runtime.ModuleId;
import malloc9.api.zone.Zones;
import malloc9.debug.Sites;
import malloc9.debug.memguard.GuardSettings;
import malloc9.debug.memguard.GuardTunables;
import malloc9.debug.memguard.GuardedMemory;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.account.LastFailure;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.account.ZoneSets;
import malloc9.malloc.alloc.ContigMalloc;
import malloc9.malloc.alloc.KernelServices;
import malloc9.malloc.alloc.FastPathTables;
import malloc9.malloc.alloc.Allocator;
import malloc9.malloc.alloc.MallocService;
import malloc9.malloc.alloc.ConstantKernel;
import malloc9.malloc.alloc.RawMallocService;
import malloc9.malloc.alloc.Realloc;
import malloc9.malloc.alloc.SlowPath;
import malloc9.malloc.armour.ArmourTunables;
import malloc9.malloc.armour.CheckedBlocks;
import malloc9.malloc.armour.DamageReports;
import malloc9.malloc.armour.GuardedRequests;
import malloc9.malloc.armour.Sampler;
import malloc9.malloc.block.Admission;
import malloc9.malloc.block.FreeDiagnosis;
import malloc9.malloc.block.BlockParts;
import malloc9.malloc.block.PlainBlocks;
import malloc9.malloc.block.Quarantine;
import malloc9.malloc.block.RequestCheck;
import malloc9.malloc.block.Reclaimer;
import malloc9.malloc.refusal.Refusals;
import malloc9.malloc.refusal.Whatis;
import malloc9.malloc.statsfile.StatsFile;
import malloc9.malloc.type.Descriptor;
import malloc9.malloc.type.Events;
import malloc9.malloc.type.MallocTypes;
import malloc9.malloc.type.Owner;
import malloc9.malloc.type.Suspects;
import malloc9.malloc.type.TracedEvents;
import malloc9.malloc.type.TypeAccountingService;
import malloc9.malloc.type.TypeMessages;
import malloc9.malloc.type.TypeOwners;
import malloc9.malloc.type.TypeProbes;
import malloc9.malloc.type.TypeSections;
import malloc9.malloc.type.KernelPolicy;
import malloc9.malloc.view.BlockWalk;
import malloc9.malloc.view.MallocTunables;
import malloc9.malloc.view.MapFigures;
import malloc9.malloc.view.Operator;
import malloc9.malloc.view.Statistics;
import malloc9.malloc.view.TypeStream;
import malloc9.malloc.zone.ZoneRegistry;
import malloc9.malloc.zone.ZoneService;
import malloc9.sysctl.SysctlTree;
import malloc9.trace.Trace;
import malloc9.uma.Uma;
import malloc9.uma.ZoneStream;
import malloc9.vm.KmemWait;
import malloc9.vm.KernelMap;
import malloc9.vm.LowMemory;
import malloc9.vm.WaitClock;
import org.jspecify.annotations.Nullable;

/**
 * The malloc subsystem: registers and unregisters types (malloc_init, malloc_uninit), and gives the services and the
 * statistics.
 */
public final class MallocSubsystem {

    /** The kernel before it has registered its own types. */
    private static final ModuleId NOBODY = new ModuleId("malloc9", "", 0);

    private final KernelMap map;
    private final Uma uma;
    private final Allocator allocator;
    private final MallocTypes types;
    private final TracedEvents events;
    private final LowMemory lowMemory;
    private final KernelServices doors;
    private final ZoneService zoneService;

    private final Uninit uninit;
    private final Statistics statistics;

    /** What modules leaked by address. */
    private final Quarantine rawQuarantine;

    /** The module that has registered first. */
    private volatile ModuleId kernel = NOBODY;

    private final CheckedBlocks armoured;

    private final DamageReports reports;

    private final Reclaimer reclaimer;

    private final KernelPolicy watches;
    private final MallocOperator operator;
    private final TypeAccounting accounting;
    private final @Nullable StatsFile statsFile;
    private final Sites sites;
    private final MemGuard guard;
    private final GuardedMemory rawMemory;
    private final Sampler sampler;
    private final Trace trace;
    private final MallocTunables tunables;

    /**
     * The resources of one subsystem, which nothing else allocates from.
     *
     * @param clock what requests wait on when the map is full
     * @param statsFile the file in which the types' statistics outlive the process, or null; the caller closes it after the shutdown
     */
    public record Resources(
            KernelMap map,
            MemGuard guard,
            WaitClock clock,
            @Nullable StatsFile statsFile) {}

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
        this.uninit = new Uninit(uma, types, zones, events, blockWalk, new Uninit.Left(armoured, guarded, rawQuarantine));
        this.statistics =
                new Statistics(uma, types, zones, blockWalk, whatis, new MapFigures(uma, lastFailure, uninit::keptBytes));
        trace.follow(() -> watches.change(types, uma.cpus(), () -> {}, () -> {}));
    }

    /** The safe door. */
    public Malloc malloc() {
        return doors.segments();
    }

    /** The unsafe one. */
    public RawMalloc rawMalloc() {
        return doors.addresses();
    }

    /** Access by address. */
    public RawMemory rawMemory() {
        return rawMemory;
    }

    /** Has MemGuard guard what the changed settings say, from the next request on. */
    public void guard(UnaryOperator<GuardSettings> change) {
        watches.change(
                types,
                uma.cpus(),
                () -> guard.settings(change.apply(guard.settings())),
                () -> sampler.every(guard.settings().sampleMillis()));
    }

    /** What the sampler does once in an interval, for tests. */
    void tickSampler() {
        sampler.tick();
    }

    /** What there is to see. */
    public Statistics statistics() {
        return statistics;
    }

    /** The statistics of types, for other allocators. */
    public TypeAccounting accounting() {
        return accounting;
    }

    /** The operator's switches. */
    public MallocOperator operator() {
        return operator;
    }

    /** Zones for drivers. */
    public Zones zones() {
        return zoneService;
    }

    /** Adds the knobs of this layer, and those of UMA's that stand on it. */
    public void declare(SysctlTree tree) {
        tunables.declare(tree, operator, watches.profile, statsFile);
        sites.declare(tree);
        map.failPoints().declare(tree);
        ArmourTunables.declare(tree, operator, armoured, reports);
        GuardTunables.declare(tree, guard, this::guard);
        new TypeStream(types).declare(tree);
        new ZoneStream(uma, statistics::zoneRecords).declare(tree);
    }

    /** Sets what the boot environment says of the armour; types that are there are watched as it says from now on. */
    public void armour(ArmourTunables tunables) {
        tunables.apply(operator, armoured, reports);
    }

    /** Why types have no probes, or an empty line if they have. */
    public String withoutProbes() {
        return trace.absence();
    }

    /** Gives back to the OS what was idle since the last call. */
    public void trimIdle() {
        uma.trimIdle();
    }

    /** The event vm_lowmem. */
    public LowMemory lowMemory() {
        return lowMemory;
    }

    /**
     * Registers all types of an owner, or none.
     *
     * @throws malloc9.api.KernelPanic if a descriptor is garbage; it was told to {@link Events}
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

    /** Unregisters an owner's types, tells what they leaked, revokes the owner's segments, takes the memory back. */
    public void unregister(Owner owner) {
        try {
            guard.fence("malloc_uninit");
        } catch (GuardHit hit) {
            // Whose thread it is has to be rid of its module all the same.
            events.panicked(owner.module(), hit);
        }
        uninit.module(owner);
    }

    /** Reports that a thread has waited in vain for {@link #unregister} in another one. */
    public void notRevokedInTime(Owner owner, long seconds) {
        events.notRevokedInTime(owner.module(), seconds);
    }

    /**
     * Revokes the segments of all owners, and ends the map unless something still uses it. No call is served any more.
     *
     * @return what was revoked
     */
    public Revoked shutdown() {
        sampler.close();
        uma.calls().close();
        ConstantKernel.leave(doors);
        Revoked revoked = uninit.all(this::close);
        trace.close();
        return revoked;
    }

    /** @param revoked whether no segment is alive and no section open */
    private void close(boolean revoked) {
        armoured.quarantine().close();
        rawQuarantine.close();
        rawMemory.close();
        // Segments of guarded blocks that were freed may be about to end: they end now, or else all stays.
        if (revoked && guard.close()) {
            map.close();
        }
    }

    /** What can be given back to the map when it is full. */
    private void reclaim() {
        reclaimer.reclaim();
    }

    /** The sites of blocks. */
    public Sites sites() {
        return sites;
    }

    /** Who is told of a hit: whose block it is, or else the kernel. */
    private ModuleId ownerOf(GuardHit hit) {
        GuardHit.Block block = hit.block();
        return block == null ? kernel : block.module();
    }
}
