package dev.malloc9.malloc;

import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.armour.CheckedBlocks;
import dev.malloc9.malloc.armour.GuardedRequests;
import dev.malloc9.malloc.block.Quarantine;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TagOwner.QualifiedName;
import dev.malloc9.malloc.type.TracedEvents;
import dev.malloc9.malloc.view.BlockWalk;
import dev.malloc9.malloc.zone.ZoneAllocator;
import dev.malloc9.malloc.zone.ZoneRegistry;
import dev.malloc9.trace.Trace;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.KernelLock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The unregistration of modules (malloc_uninit): retires their types and zones, revokes their segments and takes their memory back.
 *
 * <p><b>Unregistering</b> an owner's types takes these steps. Steps 1 to 4 run under a lock of this class, which malloc and free never
 * take. The lock is released and taken again before step 5:
 * <ol>
 *   <li>The types are declared dead and removed from the list. Requests that wait for memory are woken, so that they find their type dead.
 *       The owner's zones are closed.
 *   <li>{@link dev.malloc9.pcpu.Cpus#quiesce} makes the change known to all threads (one handshake). It then waits for the critical
 *       sections that still saw the types alive.
 *   <li>The owner's scope ends, and with it every segment except those of guarded blocks. This is the second handshake, which makes the
 *       last stores of these sections visible.
 *   <li>Counters and tags are at rest now, and give the leak reports.
 *   <li>The red zones of leaked blocks are checked. The blocks are wiped and return to their slabs. Blocks that were handed out by address
 *       pass through a {@link Quarantine} first. Guarded blocks become holes, and their scopes end later, on MemGuard's thread. The numbers
 *       of the types may be used again.
 * </ol>
 * If a section does not end in step 2, the blocks stay in quarantine unchanged, and the leak reports may miss its last changes. If a native
 * call uses a segment, step 3 makes a plain handshake instead. The end of the scope is then tried again for a while, without the lock. If
 * that fails too, the blocks stay in quarantine. The next stop of a module tries steps 3 and 5 once more.
 */
final class Uninit {

    /** The longest time to wait for open critical sections in step 2, in milliseconds. */
    private static final long QUIESCE_MILLIS = 1_000;

    private final Uma uma;
    private final MallocTypes types;
    private final ZoneRegistry zones;
    private final Events events;
    private final Trace trace;
    private final BlockWalk blockWalk;
    private final CheckedBlocks armoured;
    private final GuardedRequests guarded;

    /** The quarantine of blocks that stopped modules leaked by address. Their bytes count as kept until they are let out. */
    private final Quarantine rawQuarantine;

    /** The lock that serializes unregistrations, and the stop of the kernel. */
    private final KernelLock lock = new KernelLock();

    /** The retired types with blocks that have not been taken back yet. Guarded by {@code lock}. */
    private final List<Retired> quarantine = new ArrayList<>();

    /**
     * The number of bytes of retired types and closed zones that could not be taken back yet, at the last stop of a module. Items in use in
     * a zone that a running module has destroyed are included. Written under {@code lock}.
     */
    private volatile long stuckBytes;

    /** A retired type, and its counters as they were in step 4. */
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
         * Returns whether a block may still carry the type's number, so that all tags of the kernel map must be searched. The counters are
         * read again, since a critical section that quiesce did not wait for may have counted after the report. If another allocator
         * accounts under this type, its figures may hide a block in the counters; the result is true then.
         */
        boolean mayHaveLeft() {
            Counters now = type.counters();
            return type.accountsForOthers() || now.blocks() != 0 || now.bytes() != 0;
        }
    }

    /**
     * The parts of the kernel that hold the blocks that a stopped module may have left.
     *
     * @param armoured checks red zones and wipes blocks
     * @param guarded holds the guarded blocks
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

    /**
     * Returns the number of bytes that cannot be reused yet: the blocks in {@code rawQuarantine}, and {@code stuckBytes}, which is only
     * updated when a module stops.
     */
    long keptBytes() {
        return rawQuarantine.bytes() + stuckBytes;
    }

    /**
     * Unregisters an owner's types and zones, and tries again to take back the memory of owners that stopped before. If the kernel has
     * stopped, only updates {@link #keptBytes}.
     *
     * @throws dev.malloc9.api.KernelPanic if the types were unregistered before; it was reported
     */
    void module(Owner owner) {
        List<Retired> retired = new ArrayList<>();
        List<Owner> revocable = new ArrayList<>();
        try {
            retire(owner, retired, revocable);
        } finally {
            // Waits for native calls, without the lock. Owners that stopped before are tried only once: their own stop
            // has waited for their native calls.
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

    /** Reports the unregistration of each type. */
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
     * Performs steps 1 to 4. Does nothing if the kernel has stopped: its stop has performed them for all owners.
     *
     * @param retired takes the owner's types
     * @param revocable takes the owners of which all critical sections have ended and segments are still alive: this owner and owners that
     *     stopped before
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

    /**
     * Performs step 5, unless the kernel has stopped meanwhile: its memory is not reused. Then updates {@code stuckBytes}, and reports the
     * types of the owner that leaked and stay in quarantine.
     */
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

    /** The end of the parts of the kernel that work as long as a module may use memory. */
    interface End {
        /**
         * Ends the parts.
         *
         * @param revoked whether all scopes of owners and of live guarded blocks have ended, and no critical section is open
         */
        void end(boolean revoked);
    }

    /**
     * Unregisters all types and zones for good, at the stop of the kernel. Reports each type as unregistered, but makes no leak reports.
     *
     * @param end the action that runs after the attempt to revoke all segments
     * @return the blocks and items that were in use, even if they could not be revoked
     */
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

    /** Returns the leaked blocks of a type by allocation site; an empty list if no site is known. */
    private List<BlockGroup> groups(Retired type) {
        QualifiedName name = type.type().qualifiedName();
        List<BlockGroup> groups = blockWalk.count(number -> number == type.type().number ? name : null);
        return BlockWalk.complete(groups, name, type.blocks(), type.bytes());
    }

    /** Returns the numbers of live blocks with the given tag number by size in bytes, smallest first. Guarded blocks are included. */
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

    /**
     * Takes back the blocks and items of all stopped owners that are revoked, and forgets their types and zones.
     *
     * @param owner the owner that stops now, for the message about guarded blocks
     */
    private void takeBack(Owner owner) {
        List<Retired> free = quarantine.stream()
                .filter(type -> type.type().owner.isRevoked())
                .toList();
        List<ZoneAllocator> ended = zones.stopped().stream()
                .filter(zone -> zone.type.owner.isRevoked())
                .toList();
        // A number may be used again only if no block carries it.
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

    /**
     * Releases all blocks and items with the given tag numbers. Red zones are checked. Items are wiped; the memory of page runs is
     * released. Blocks that were handed out by address go to the quarantine, which wipes them when they leave.
     */
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
