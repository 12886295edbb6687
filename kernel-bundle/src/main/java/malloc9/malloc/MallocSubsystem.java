package malloc9.malloc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import malloc9.api.Malloc;
import malloc9.api.TypeAccounting;
import malloc9.api.raw.GuardHit;
import malloc9.api.raw.RawMalloc;
import malloc9.api.raw.RawMemory;
import malloc9.api.runtime.AddressInfo;
import malloc9.api.runtime.BlockGroup;
import malloc9.api.runtime.FreePages;
import malloc9.api.runtime.KernelMapInfo;
import malloc9.api.runtime.LeakReport;
import malloc9.api.runtime.MallocOperator;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.ModuleInfo;
import malloc9.api.runtime.Outstanding;
import malloc9.api.runtime.Snapshot;
import malloc9.api.runtime.SuspectsInfo;
import malloc9.api.runtime.TypeFigures;
import malloc9.api.runtime.TypeStats;
import malloc9.api.runtime.ZoneStats;
import malloc9.api.zone.Zones;
import malloc9.debug.Sites;
import malloc9.debug.memguard.GuardSettings;
import malloc9.debug.memguard.GuardTunables;
import malloc9.debug.memguard.GuardedBlock;
import malloc9.debug.memguard.GuardedMemory;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.Census.Holder;
import malloc9.malloc.statsfile.StatsFile;
import malloc9.sysctl.SysctlTree;
import malloc9.trace.Trace;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import malloc9.uma.Zone;
import malloc9.uma.ZoneRecord;
import malloc9.uma.ZoneStream;
import malloc9.vm.Exhaustion;
import malloc9.vm.KernelMap;
import malloc9.vm.LowMemory;
import malloc9.vm.PageSource;
import malloc9.vm.WaitClock;
import org.jspecify.annotations.Nullable;

/**
 * The malloc subsystem: registers and unregisters types (malloc_init, malloc_uninit), and gives the services and the
 * statistics.
 *
 * <p><b>Unregistering</b> an owner's types takes these steps, none under a lock that malloc or free takes, and the fourth under none at
 * all:
 * <ol>
 *   <li>the types are declared dead and taken off the list, and requests that wait for memory are woken to see it;
 *   <li>{@link malloc9.pcpu.Cpus#quiesce} waits for the sections that still saw them alive (one handshake);
 *   <li>counters and tags, now at rest, give the leak reports;
 *   <li>the owner's scope ends, and with it every segment (one handshake);
 *   <li>leaked blocks are looked at and wiped, and go back to their slabs, those handed out by address through a {@link Quarantine}; the types'
 *       numbers may be used again.
 * </ol>
 * Where step 2 or 4 finds a thread that does not let go, the blocks stay in quarantine as they are, and steps 4 and 5
 * are tried again when the next owner goes.
 */
public final class MallocSubsystem {

    private static final long QUIESCE_MILLIS = 1_000;

    /** The kernel before it has registered its own types. */
    private static final ModuleId NOBODY = new ModuleId("malloc9", "", 0);

    private final KernelMap map;
    private final Uma uma;
    private final MallocTypes types;
    private final Events events;
    private final LowMemory lowMemory;
    private final MallocService malloc;
    private final RawMallocService rawMalloc;
    private final ZoneRegistry zones;
    private final ZoneService zoneService;

    /** One unregistering at a time. */
    private final ReentrantLock uninit = new ReentrantLock();

    /** Retired types whose blocks could not be taken back yet. Guarded by uninit. */
    private final List<Retired> quarantine = new ArrayList<>();

    /** What modules leaked by address. */
    private final Quarantine rawQuarantine;

    /** Bytes of retired types and zones that could not be taken back yet. */
    private volatile long stuckBytes;

    /** The module that has registered first. */
    private volatile ModuleId kernel = NOBODY;

    private final ArmouredBlocks armoured;

    private final Shortage shortage;

    private final SizeClasses classes;
    private final Watches watches;
    private final Suspects suspects;
    private final LastFailure lastFailure = new LastFailure(System::nanoTime);
    private final MallocOperator operator;
    private final TypeAccounting accounting;
    private final @Nullable StatsFile statsFile;
    private final Sites sites;
    private final Census census;
    private final Whatis whatis;
    private final MemGuard guard;
    private final GuardedRequests guarded;
    private final GuardedMemory rawMemory;
    private final Sampler sampler;
    private final Trace trace;

    /** Requests of types that are gone, by zone. Replaced under uninit. */
    private volatile long[] formerRequests;

    /** A type off the list, with its counters as they came to rest. */
    private record Retired(MallocTypeInternal type, Counters counters) {
        long blocks() {
            return counters.blocks();
        }

        long bytes() {
            return counters.bytes();
        }

        boolean leaks() {
            return blocks() > 0 || bytes() > 0;
        }

        /**
         * Whether some tag may be its own still: a look at all tags of the map says so. Counters are asked again, since a section that quiesce
         * did not wait for may have counted after the report; what another allocator said may hide a block from them.
         */
        boolean mayHaveLeft() {
            Counters now = type.counters();
            return type.accountsForOthers() || now.blocks() != 0 || now.bytes() != 0;
        }
    }

    /**
     * An allocator over a map that nobody else uses.
     *
     * @param rawQuarantineBytes what is kept of the blocks that modules leaked by address
     * @param classes the size classes
     * @param zoneSets how many zones each class has
     * @param clock what requests wait on when the map is full
     * @param guard MemGuard, of which nobody else takes blocks
     * @param statsFile where the types' statistics outlive the process, or null; the caller closes it after the shutdown
     */
    public MallocSubsystem(
            KernelMap map,
            TypeOwners owners,
            Events told,
            long rawQuarantineBytes,
            SizeClasses classes,
            ZoneSets zoneSets,
            WaitClock clock,
            MemGuard guard,
            @Nullable StatsFile statsFile) {
        this.map = map;
        this.guard = guard;
        this.classes = classes;
        this.statsFile = statsFile;
        this.trace = Trace.open(told::note);
        this.events = new TracedEvents(told, trace);
        this.watches = new Watches(classes, events, guard, trace);
        this.suspects = new Suspects(zoneSets, classes.count());
        this.types = new MallocTypes(owners, events, classes, suspects, watches, guard, statsFile, map.failPoints());
        this.uma = new Uma(map, classes.names(), classes.sizes(), zoneSets.count(), types);
        this.formerRequests = new long[uma.zones().size()];
        this.sites = new Sites(owners::moduleOf);
        this.census = new Census(uma, guard);
        this.whatis = new Whatis(uma, types, guard);
        this.lowMemory = new LowMemory(map.failPoints(), events::lowMemoryHandlerFailed);
        Exhaustion exhaustion = new Exhaustion(map, lowMemory, this::reclaim, clock);
        SlowPath slow =
                new SlowPath(uma, classes, types, lastFailure, watches, sites, events, suspects, exhaustion, guard);
        KernMalloc allocator = new KernMalloc(uma, classes, slow);
        this.armoured = slow.armoured;
        this.rawQuarantine = new Quarantine(uma, rawQuarantineBytes, armoured::wipe);
        this.shortage = new Shortage(uma, armoured.quarantine(), rawQuarantine);
        this.guarded = slow.guarded;
        this.rawMemory = new GuardedMemory(guard, map.base(), map.size(), hit -> events.panicked(ownerOf(hit), hit));
        this.sampler = new Sampler(types, bound -> ThreadLocalRandom.current().nextInt(bound));
        ContigMalloc contig = new ContigMalloc(slow, uma, exhaustion);
        this.malloc = new MallocService(allocator, contig, types);
        this.rawMalloc = new RawMallocService(allocator, contig, types);
        this.accounting = new TypeAccountingService(slow.sections, types, slow.probes);
        this.operator = new Operator(types, watches, uma, armoured, suspects);
        this.zones = new ZoneRegistry(uma, types, events);
        this.zoneService = new ZoneService(uma, types, zones, events, shortage);
        trace.follow(() -> watches.change(types, uma.cpus(), () -> {}, () -> {}));
    }

    /** The safe door. */
    public Malloc malloc() {
        return malloc;
    }

    /** The unsafe one. */
    public RawMalloc rawMalloc() {
        return rawMalloc;
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

    /** The statistics of types, for other allocators. */
    public TypeAccounting accounting() {
        return accounting;
    }

    /** The operator's switches. */
    public MallocOperator operator() {
        return operator;
    }

    /** Seconds since a request with M_NOWAIT got nothing, or since boot. */
    public long lastFail() {
        return lastFailure.seconds();
    }

    /** Zones for drivers. */
    public Zones zones() {
        return zoneService;
    }

    /**
     * Adds the knobs of this layer, and those of UMA's that stand on it.
     *
     * @param tunables what this subsystem was made with
     */
    public void declare(SysctlTree tree, MallocTunables tunables) {
        tunables.declare(tree, operator, watches.profile, statsFile);
        sites.declare(tree);
        map.failPoints().declare(tree);
        ArmourTunables.declare(tree, operator, armoured);
        GuardTunables.declare(tree, guard, this::guard);
        new TypeStream(types).declare(tree);
        new ZoneStream(uma, this::zoneRecords).declare(tree);
    }

    /** Sets what the boot environment says of the armour; types that are there are watched as it says from now on. */
    public void armour(ArmourTunables tunables) {
        tunables.apply(operator, armoured);
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
                Messages.printable(type.name()),
                owner.title(),
                type.description() == null ? "" : Messages.printable(type.description())));
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
        List<Retired> retired = new ArrayList<>();
        List<Owner> revocable = new ArrayList<>();
        List<GuardedBlock> left = new ArrayList<>();
        try {
            retire(owner, retired, revocable, left);
        } finally {
            // Each is a handshake with all threads, or a wait for a native call: under no lock. Blocks, not the
            // numbers of their types, which may be others' as soon as somebody else has taken them back.
            revocable.forEach(Owner::revoke);
            guarded.revoke(left);
            settleAccounts(owner, retired);
            tellUnregistered(retired);
        }
    }

    private void tellUnregistered(List<Retired> retired) {
        for (Retired gone : retired) {
            trace.typeUnregister(
                    gone.type().title,
                    gone.type().owner.title(),
                    gone.counters().allocs(),
                    gone.counters().frees());
            events.unregistered(gone.type().owner.module(), gone.type().name);
        }
    }

    /**
     * Steps 1 to 3.
     *
     * @param retired takes the owner's types
     * @param revocable takes whom nobody sees alive any more: the owner, and those that could not be revoked before
     * @param guardedLeft takes the guarded blocks of the owner's types
     */
    private void retire(Owner owner, List<Retired> retired, List<Owner> revocable, List<GuardedBlock> guardedLeft) {
        uninit.lock();
        try {
            List<MallocTypeInternal> dead = types.retire(owner);
            map.wakeUp();
            List<ZoneItems> left = zones.retire(owner);
            boolean quiet = zones.settle(QUIESCE_MILLIS);
            retired.addAll(retired(dead));
            quarantine.addAll(retired);
            if (quiet) {
                Stream.concat(
                                quarantine.stream().map(type -> type.type().owner),
                                zones.stopped().stream().map(zone -> zone.type.owner))
                        .distinct()
                        .forEach(revocable::add);
                guardedLeft.addAll(guarded.live(numbers(retired)));
            }
            report(retired);
            zones.report(left);
        } finally {
            uninit.unlock();
        }
    }

    /** Step 5; a kernel that has stopped meanwhile has no memory to take back. */
    private void settleAccounts(Owner owner, List<Retired> retired) {
        uninit.lock();
        try {
            if (!types.closed()) {
                takeBack();
            }
            stuckBytes = quarantine.stream().mapToLong(Retired::bytes).sum() + zones.bytesOut();
            for (Retired stuck : retired) {
                if (quarantine.contains(stuck) && stuck.leaks()) {
                    events.quarantined(owner.module(), stuck.bytes());
                }
            }
        } finally {
            uninit.unlock();
        }
    }

    /**
     * Revokes the segments of all owners, and ends the map unless something still uses it. No call is served any more.
     *
     * @return what was revoked
     */
    public Revoked shutdown() {
        sampler.close();
        uninit.lock();
        try {
            List<MallocTypeInternal> dead = types.close();
            map.wakeUp();
            List<ZoneItems> closed = zones.retireAll();
            boolean quiet = zones.settle(QUIESCE_MILLIS);
            List<Retired> retired = retired(dead);
            quarantine.addAll(retired);
            boolean revoked = true;
            for (Retired type : quarantine) {
                revoked &= type.type().owner.revoke();
                revoked &= guarded.revoke(type.type().number);
            }
            armoured.quarantine().close();
            rawQuarantine.close();
            rawMemory.close();
            // Segments of guarded blocks that were freed may be about to end: they end now, or else all stays.
            if (quiet && revoked && guard.close()) {
                map.close();
            }
            tellUnregistered(retired);
            trace.close();
            List<Retired> live = retired.stream().filter(Retired::leaks).toList();
            long items = closed.stream().mapToLong(ZoneItems::out).sum();
            Set<MallocTypeInternal> revokedTypes = new HashSet<>();
            live.forEach(type -> revokedTypes.add(type.type()));
            closed.stream().filter(zone -> zone.out() > 0).forEach(zone -> revokedTypes.add(zone.type));
            return new Revoked(live.stream().mapToLong(Retired::blocks).sum() + items, revokedTypes.size());
        } finally {
            uninit.unlock();
        }
    }

    /**
     * What a kernel's stop revoked.
     *
     * @param blocks live blocks
     * @param types the types they were of
     */
    public record Revoked(long blocks, int types) {}

    /** What can be given back to the map when it is full. */
    private void reclaim() {
        shortage.reclaim();
    }

    /** The registered types with their statistics, oldest first. */
    public List<TypeStats> typeStats() {
        return types.registered().stream().map(this::stats).toList();
    }

    /** The type of that name that was registered last, or null. */
    public @Nullable TypeStats typeStats(String name) {
        return types.registered().reversed().stream()
                .filter(type -> type.name.equals(name))
                .findFirst()
                .map(this::stats)
                .orElse(null);
    }

    /** Those of one owner. */
    public List<TypeStats> typeStats(Owner owner) {
        return types.registered().stream()
                .filter(type -> type.owner == owner)
                .map(this::stats)
                .toList();
    }

    /** The zones; used items are those handed out and not yet given back. */
    public List<ZoneStats> zoneStats() {
        return zoneStats(types.registered(), zones.zones());
    }

    private List<ZoneStats> zoneStats(List<MallocTypeInternal> registered, List<DriverZone> drivers) {
        long[] requests = formerRequests.clone();
        long[] used = used(registered, requests);
        long[] free = uma.freeItems();
        List<ZoneStats> stats = new ArrayList<>();
        for (int number = 0; number < requests.length; number++) {
            Zone zone = uma.zones().get(number);
            stats.add(new ZoneStats(
                    zone.name(),
                    zone.itemBytes(),
                    0,
                    Math.max(0, used[number]),
                    free[number],
                    requests[number],
                    zone.failures(),
                    0));
        }
        stats.addAll(ZoneRegistry.stats(drivers));
        return List.copyOf(stats);
    }

    /** Types, zones and modules of one instant. */
    public Snapshot snapshot() {
        record Lists(List<MallocTypeInternal> types, List<DriverZone> zones) {}
        Generation.At<Lists> now = types.generation.read(() -> new Lists(types.registered(), zones.zones()));
        List<TypeStats> stats = new ArrayList<>();
        Map<Owner, List<TypeStats>> owners = new LinkedHashMap<>();
        for (MallocTypeInternal type : now.value().types()) {
            TypeStats figures = stats(type);
            stats.add(figures);
            owners.computeIfAbsent(type.owner, unknown -> new ArrayList<>()).add(figures);
        }
        List<ModuleInfo> modules = new ArrayList<>();
        owners.forEach((owner, figures) -> modules.add(module(owner, figures)));
        return new Snapshot(
                now.generation(),
                Instant.now(),
                stats,
                zoneStats(now.value().types(), now.value().zones()),
                modules,
                kernelMap());
    }

    /** What there is to see of a module. */
    public ModuleInfo module(Owner owner) {
        return module(owner, typeStats(owner));
    }

    private static ModuleInfo module(Owner owner, List<TypeStats> types) {
        return new ModuleInfo(
                owner.module(),
                owner.file(),
                types.stream().mapToLong(TypeStats::bytesInUse).sum(),
                types.stream().map(TypeStats::name).toList());
    }

    /** Tells the figures of all types, the newest first: takes no lock and makes nothing. */
    public void show(TypeFigures consumer) {
        List<MallocTypeInternal> registered = types.registered();
        for (int i = registered.size() - 1; i >= 0; i--) {
            registered.get(i).tell(consumer);
        }
    }

    /** What of the map is free. */
    public FreePages freePages() {
        return new FreePages(
                PageSource.PAGE, Arrays.stream(map.freeBlocks()).boxed().toList());
    }

    /** What the stream of zones says of each, oldest first. */
    private List<ZoneRecord> zoneRecords() {
        long[] requests = formerRequests.clone();
        long[] used = used(types.registered(), requests);
        List<ZoneRecord> records = new ArrayList<>();
        for (int number = 0; number < requests.length; number++) {
            Zone zone = uma.zones().get(number);
            long frees = requests[number] - Math.max(0, used[number]);
            records.add(new ZoneRecord(zone, Slab.GRANULE - 1, zone.itemBytes(), 0, requests[number], frees, 0));
        }
        records.addAll(zones.records());
        return List.copyOf(records);
    }

    /**
     * The items of malloc's zones that registered types have, by number.
     *
     * @param requests their requests are added to these
     */
    private long[] used(List<MallocTypeInternal> registered, long[] requests) {
        long[] used = new long[requests.length];
        for (MallocTypeInternal type : registered) {
            Counters counters = type.counters();
            for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
                requests[type.zoneBase() + sizeClass] += counters.allocs(sizeClass);
                used[type.zoneBase() + sizeClass] += counters.allocs(sizeClass) - counters.frees(sizeClass);
            }
        }
        settle(used);
        return used;
    }

    /** The sites of blocks. */
    public Sites sites() {
        return sites;
    }

    /** What registered types and open zones have in use. */
    public Outstanding outstanding() {
        return outstanding(holder -> true);
    }

    /** The same of one module. */
    public Outstanding outstanding(ModuleId owner) {
        return outstanding(holder -> holder.owner().equals(owner));
    }

    private Outstanding outstanding(Predicate<Holder> wanted) {
        Map<Integer, Holder> holders = types.holders();
        holders.values().removeIf(wanted.negate());
        return new Outstanding(Instant.now(), census.count(holders::get));
    }

    /** What lies at an address. */
    public AddressInfo whatis(long address) {
        return whatis.at(address);
    }

    /**
     * Moves what types that have moved to another set of zones freed there to where they had it from, so far as that can be told: the sum
     * over the zones of a class is exact.
     */
    private void settle(long[] used) {
        for (int zone = 0; zone < used.length; zone++) {
            for (int other = zone % classes.count(); used[zone] < 0 && other < used.length; other += classes.count()) {
                long moved = Math.clamp(used[other], 0, -used[zone]);
                used[zone] += moved;
                used[other] -= moved;
            }
        }
    }

    /** Who may have done the damage that was found. */
    public SuspectsInfo suspects() {
        return suspects.info(types.registered());
    }

    /** The kernel map. */
    public KernelMapInfo kernelMap() {
        return new KernelMapInfo(map.size(), map.used(), map.largestHole(), rawQuarantine.bytes() + stuckBytes);
    }

    private List<Retired> retired(List<MallocTypeInternal> dead) {
        long[] requests = formerRequests.clone();
        List<Retired> retired = new ArrayList<>();
        for (MallocTypeInternal type : dead) {
            Counters counters = type.counters();
            for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
                requests[type.zoneBase() + sizeClass] += counters.allocs(sizeClass);
            }
            retired.add(new Retired(type, counters));
        }
        formerRequests = requests;
        return retired;
    }

    private void report(List<Retired> retired) {
        for (Retired type : retired) {
            if (type.leaks()) {
                events.leaked(new LeakReport(
                        type.type().owner.module(),
                        type.type().name,
                        Instant.now(),
                        type.blocks(),
                        type.bytes(),
                        blocksBySize(type.type().number),
                        groups(type)));
            }
        }
    }

    private List<BlockGroup> groups(Retired type) {
        Holder holder = Holder.of(type.type());
        List<BlockGroup> groups = census.count(number -> number == type.type().number ? holder : null);
        return Census.complete(groups, holder, type.blocks(), type.bytes());
    }

    private List<LeakReport.Blocks> blocksBySize(int number) {
        Map<Long, Long> counts = new TreeMap<>();
        for (Slab slab : uma.liveSlabs()) {
            for (int index = 0; index < slab.items(); index++) {
                if (Tags.isOf(slab.tagOf(slab.granule(index)), number)) {
                    counts.merge(slab.itemBytes, 1L, Long::sum);
                }
            }
        }
        guarded.live(number).forEach(block -> counts.merge(block.accounted(), 1L, Long::sum));
        return counts.entrySet().stream()
                .map(entry -> new LeakReport.Blocks(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Takes back what is in quarantine of owners that are revoked. */
    private void takeBack() {
        List<Retired> free = quarantine.stream()
                .filter(type -> type.type().owner.isRevoked() && guarded.revoke(type.type().number))
                .toList();
        List<ZoneItems> ended = zones.stopped().stream()
                .filter(zone -> zone.type.owner.isRevoked())
                .toList();
        // Who gets a number next must find nothing under it.
        BitSet numbers = numbers(free.stream().filter(Retired::mayHaveLeft).toList());
        ended.forEach(zone -> numbers.set(zone.number));
        if (!numbers.isEmpty()) {
            releaseBlocks(numbers);
            guarded.release(numbers);
        }
        ended.forEach(zones::forget);
        quarantine.removeAll(free);
        types.forget(free.stream().map(Retired::type).toList());
    }

    private static BitSet numbers(List<Retired> retired) {
        BitSet numbers = new BitSet();
        retired.forEach(type -> numbers.set(type.type().number));
        return numbers;
    }

    private void releaseBlocks(BitSet numbers) {
        for (Slab slab : uma.liveSlabs()) {
            int[] items = {};
            int count = 0;
            for (int index = 0; index < slab.items(); index++) {
                int item = slab.granule(index);
                int tag = slab.tagOf(item);
                if (tag == 0 || !numbers.get(Tags.number(tag))) {
                    continue;
                }
                if (Tags.isNoted(tag)) {
                    armoured.tellLeft(slab, item);
                }
                if (Tags.isRaw(tag)) {
                    slab.tagAs(item, Tags.QUARANTINED);
                    rawQuarantine.add(slab, item);
                } else {
                    items = count == 0 ? new int[slab.items()] : items;
                    slab.tagAs(item, armoured.wipe(slab, item));
                    items[count++] = item;
                }
            }
            if (count > 0) {
                uma.release(slab, items, count);
            }
        }
    }

    /** Who is told of a hit: whose block it is, or else the kernel. */
    private ModuleId ownerOf(GuardHit hit) {
        GuardHit.Block block = hit.block();
        return block == null ? kernel : block.module();
    }

    private TypeStats stats(MallocTypeInternal type) {
        Counters counters = type.counters();
        return new TypeStats(
                type.name,
                type.description,
                type.owner.module(),
                counters.allocated(),
                counters.freed(),
                counters.allocs(),
                counters.frees(),
                counters.sizeMask(),
                type.highWater.bytes(),
                type.highWater.blocks());
    }
}
