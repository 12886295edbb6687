package malloc9.malloc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import malloc9.api.runtime.BlockGroup;
import malloc9.api.runtime.LeakReport;
import malloc9.malloc.account.Counters;
import malloc9.malloc.account.Tags;
import malloc9.malloc.armour.CheckedBlocks;
import malloc9.malloc.armour.GuardedRequests;
import malloc9.malloc.block.Quarantine;
import malloc9.malloc.type.Events;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.MallocTypes;
import malloc9.malloc.type.Owner;
import malloc9.malloc.type.TagOwner.QualifiedName;
import malloc9.malloc.type.TracedEvents;
import malloc9.malloc.view.BlockWalk;
import malloc9.malloc.zone.ZoneAllocator;
import malloc9.malloc.zone.ZoneRegistry;
import malloc9.trace.Trace;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import malloc9.vm.KernelLock;

/**
 * Takes modules off the subsystem (malloc_uninit).
 *
 * <p><b>Unregistering</b> an owner's types takes these steps, none under a lock that malloc or free takes:
 * <ol>
 *   <li>the types are declared dead and taken off the list, and requests that wait for memory are woken to see it;
 *   <li>{@link malloc9.pcpu.Cpus#quiesce} makes the change known to all threads (one handshake), and waits for the sections that still saw the
 *       types alive;
 *   <li>the owner's scope ends, and with it every segment, which also shows the last stores of those sections (one handshake);
 *   <li>counters and tags, now at rest, give the leak reports;
 *   <li>leaked blocks are looked at and wiped, and go back to their slabs, those handed out by address through a {@link Quarantine}; guarded
 *       blocks become holes, and their scopes end later, on MemGuard's thread; the types' numbers may be used again.
 * </ol>
 * If a section does not end in step 2, the blocks stay in quarantine as they are. If a native call uses a segment, step 3 takes a plain handshake, and
 * the scope's end is tried again for a while, under no lock. If that fails too, the blocks stay in quarantine. The next stop tries
 * steps 3 and 5 once more.
 */
final class Uninit {

    private static final long QUIESCE_MILLIS = 1_000;

    private final Uma uma;
    private final MallocTypes types;
    private final ZoneRegistry zones;
    private final Events events;
    private final Trace trace;
    private final BlockWalk blockWalk;
    private final CheckedBlocks armoured;
    private final GuardedRequests guarded;

    /** What modules leaked by address. */
    private final Quarantine rawQuarantine;

    /** One unregistering at a time. */
    private final KernelLock lock = new KernelLock();

    /** Retired types whose blocks could not be taken back yet. Guarded by lock. */
    private final List<Retired> quarantine = new ArrayList<>();

    /** Bytes of retired types and zones that could not be taken back yet. */
    private volatile long stuckBytes;

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
     * The blocks that a stopped module may have left.
     *
     * @param rawQuarantine keeps the blocks that were handed out by address
     */
    record Left(CheckedBlocks armoured, GuardedRequests guarded, Quarantine rawQuarantine) {}

    Uninit(Uma uma, MallocTypes types, ZoneRegistry zones, TracedEvents events, BlockWalk blockWalk, Left left) {
        this.uma = uma;
        this.types = types;
        this.zones = zones;
        this.events = events;
        this.trace = events.trace();
        this.blockWalk = blockWalk;
        this.armoured = left.armoured;
        this.guarded = left.guarded;
        this.rawQuarantine = left.rawQuarantine;
    }

    /** Bytes that nobody has and nobody gets yet. */
    long keptBytes() {
        return rawQuarantine.bytes() + stuckBytes;
    }

    /** Unregisters an owner's types and zones. */
    void module(Owner owner) {
        List<Retired> retired = new ArrayList<>();
        List<Owner> revocable = new ArrayList<>();
        try {
            retire(owner, retired, revocable);
        } finally {
            // A wait for a native call, under no lock. The others' calls have been waited for before.
            for (Owner stuck : revocable) {
                if (stuck == owner) {
                    stuck.revoke();
                } else {
                    stuck.tryRevoke();
                }
            }
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
     * Steps 1 to 4. After a stop of the kernel, which has done them for all owners, none is left to do.
     *
     * @param retired takes the owner's types
     * @param revocable takes the owners whose sections have ended and whose scopes have not: this one, and owners that stopped before
     */
    private void retire(Owner owner, List<Retired> retired, List<Owner> revocable) {
        lock.lock();
        try {
            if (types.closed()) {
                return;
            }
            List<MallocTypeInternal> dead = types.retire(owner);
            uma.map().wakeUp();
            List<ZoneAllocator> left = zones.retire(owner);
            boolean quiet = zones.settle(QUIESCE_MILLIS, owner::tryRevoke);
            retired.addAll(retired(dead));
            quarantine.addAll(retired);
            if (quiet) {
                Stream.concat(
                                quarantine.stream().map(type -> type.type().owner),
                                zones.stopped().stream().map(zone -> zone.type.owner))
                        .distinct()
                        .filter(stopped -> !stopped.isRevoked())
                        .forEach(revocable::add);
            }
            report(retired);
            zones.report(left);
        } finally {
            lock.unlock();
        }
    }

    /** Step 5; a kernel that has stopped meanwhile has no memory to take back. */
    private void settleAccounts(Owner owner, List<Retired> retired) {
        lock.lock();
        try {
            if (!types.closed()) {
                takeBack(owner);
            }
            stuckBytes = quarantine.stream().mapToLong(Retired::bytes).sum() + zones.bytesOut();
            for (Retired stuck : retired) {
                if (quarantine.contains(stuck) && stuck.leaks()) {
                    events.quarantined(owner.module(), stuck.bytes());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** What ends when no module is there any more. */
    interface End {
        /** @param revoked whether no segment is alive and no section open */
        void end(boolean revoked);
    }

    /** Unregisters all types and zones for good. */
    Revoked all(End end) {
        lock.lock();
        try {
            List<MallocTypeInternal> dead = types.close();
            uma.map().wakeUp();
            List<ZoneAllocator> closed = zones.retireAll();
            boolean revoked = zones.settle(QUIESCE_MILLIS, () -> false);
            List<Retired> retired = retired(dead);
            quarantine.addAll(retired);
            for (Retired type : quarantine) {
                revoked &= type.type().owner.revoke();
                revoked &= guarded.revoke(type.type().number);
            }
            end.end(revoked);
            tellUnregistered(retired);
            List<Retired> live = retired.stream().filter(Retired::leaks).toList();
            long items = closed.stream().mapToLong(ZoneAllocator::out).sum();
            Set<MallocTypeInternal> revokedTypes = new HashSet<>();
            live.forEach(type -> revokedTypes.add(type.type()));
            closed.stream().filter(zone -> zone.out() > 0).forEach(zone -> revokedTypes.add(zone.type));
            return new Revoked(live.stream().mapToLong(Retired::blocks).sum() + items, revokedTypes.size());
        } finally {
            lock.unlock();
        }
    }

    private static List<Retired> retired(List<MallocTypeInternal> dead) {
        return dead.stream().map(type -> new Retired(type, type.counters())).toList();
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
        QualifiedName name = type.type().qualifiedName();
        List<BlockGroup> groups = blockWalk.count(number -> number == type.type().number ? name : null);
        return BlockWalk.complete(groups, name, type.blocks(), type.bytes());
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
    private void takeBack(Owner owner) {
        List<Retired> free = quarantine.stream()
                .filter(type -> type.type().owner.isRevoked())
                .toList();
        List<ZoneAllocator> ended = zones.stopped().stream()
                .filter(zone -> zone.type.owner.isRevoked())
                .toList();
        // Who gets a number next must find nothing under it.
        BitSet numbers = numbers(free.stream().filter(Retired::mayHaveLeft).toList());
        ended.forEach(zone -> numbers.set(zone.number));
        if (!numbers.isEmpty()) {
            releaseBlocks(numbers);
            int holes = guarded.release(numbers);
            if (holes > 0) {
                events.note(Messages.guardedLeft(owner.module(), holes));
            }
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
}
