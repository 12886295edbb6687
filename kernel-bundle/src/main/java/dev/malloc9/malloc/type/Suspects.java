package dev.malloc9.malloc.type;

import dev.malloc9.api.runtime.SuspectsInfo;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.pcpu.Cpus;
import dev.malloc9.vm.KernelLock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The set of suspects: the types that may have caused all damage found so far, because they share the zones of the damaged blocks (row 9,
 * made automatic).
 *
 * <p>A user of FreeBSD boots with another {@code debug.malloc.zone_offset} after each corruption, and compares each time the types that are
 * in the damaged zones. Here each hit removes the types that were never in the hit's set of zones. If the remaining types are all in one
 * set, they are distributed at once over sets that none of them was in. If there is at most one such set, they are distributed over all
 * sets. The next hit then distinguishes them. With eight sets, one of 40 types is found in at most three hits, if each hit is in the
 * present set of that type. The blocks of a type stay in their zones, and the type stays suspected for its former sets.
 *
 * <p>A type is represented by its name. A type whose name is new after the first hit is not suspected until {@link #forget()}. If no type
 * remains, the set stays empty until {@link #forget()}.
 *
 * <p>With one set of zones, hits are ignored. Thread-safe.
 */
public final class Suspects {

    private final ZoneSets zoneSets;
    private final int classCount;
    private final KernelLock lock = new KernelLock();

    /** The sets of zones in which the types of a name have been, also while no such type is registered. Guarded by {@code lock}. */
    private final Map<String, BitSet> sets = new HashMap<>();

    /**
     * The present set of the types of a name, if it was changed by a hit. Without an entry, {@link ZoneSets#of} determines the set. Guarded
     * by {@code lock}.
     */
    private final Map<String, Integer> moved = new HashMap<>();

    /** The names of the suspects; empty before the first hit. Guarded by {@code lock}. */
    private TreeSet<String> suspects = new TreeSet<>();

    /** The number of hits since the last {@link #forget()}. Guarded by {@code lock}. */
    private long hits;

    /**
     * @param zoneSets the configuration of the sets of zones
     * @param classCount the number of zones in a set
     */
    public Suspects(ZoneSets zoneSets, int classCount) {
        this.zoneSets = zoneSets;
        this.classCount = classCount;
    }

    /**
     * Returns the number of the first zone of a new type's set, and remembers that the type was in this set. With one set of zones, returns
     * 0.
     */
    int zoneBaseOf(String type) {
        if (zoneSets.count() == 1) {
            return 0;
        }
        lock.lock();
        try {
            int set = moved.getOrDefault(type, zoneSets.of(type));
            sets.computeIfAbsent(type, name -> new BitSet()).set(set);
            return set * classCount;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that damage was found in a zone. If two or more suspects remain and are in one set, moves them to other sets. The caller is
     * outside all critical sections and holds no lock of malloc or free.
     *
     * @param zone the number of the zone; ignored if it is not a zone of malloc's sets
     * @param types the registry, whose types may be moved
     * @param watches the kernel's policy, through which the types are moved
     * @param cpus the CPUs whose critical sections are waited for
     */
    public void hit(int zone, MallocTypes types, KernelPolicy watches, Cpus cpus) {
        if (zoneSets.count() == 1 || zone < 0 || zone >= zoneSets.count() * classCount) {
            return;
        }
        lock.lock();
        try {
            if (!narrow(zone / classCount)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        watches.change(types, cpus, () -> types.registered().forEach(this::place), () -> {});
    }

    /** Removes all suspects and all hits. Types stay in their present sets. */
    public void forget() {
        lock.lock();
        try {
            hits = 0;
            suspects = new TreeSet<>();
            sets.forEach((type, ever) -> {
                ever.clear();
                ever.set(moved.getOrDefault(type, zoneSets.of(type)));
            });
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of hits, the suspects, and the names of the given types by their present set. */
    SuspectsInfo info(List<MallocTypeInternal> registered) {
        List<List<String>> bySet = new ArrayList<>();
        for (int set = 0; set < zoneSets.count(); set++) {
            int base = set * classCount;
            bySet.add(registered.stream()
                    .filter(type -> type.zoneBase() == base)
                    .map(type -> type.name)
                    .toList());
        }
        lock.lock();
        try {
            return new SuspectsInfo(hits, List.copyOf(suspects), List.copyOf(bySet));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes the suspects that were never in the given set. At the first hit, the suspects are the names of all types so far. If two or
     * more remain and are in one set, assigns new sets to them. The caller holds {@code lock}.
     *
     * @return true if new sets were assigned
     */
    private boolean narrow(int set) {
        TreeSet<String> left = new TreeSet<>(hits == 0 ? sets.keySet() : suspects);
        left.removeIf(type -> !sets.getOrDefault(type, new BitSet()).get(set));
        hits++;
        suspects = left;
        long places = left.stream()
                .map(type -> moved.getOrDefault(type, zoneSets.of(type)))
                .distinct()
                .count();
        if (left.size() < 2 || places > 1) {
            return false;
        }
        int[] fresh = freshSets(left);
        int next = 0;
        for (String type : left) {
            int to = fresh[next++ % fresh.length];
            moved.put(type, to);
            sets.computeIfAbsent(type, name -> new BitSet()).set(to);
        }
        return true;
    }

    /**
     * Returns the sets in which none of the given types has been, so that a hit there distinguishes them. If there are fewer than two,
     * returns all sets.
     */
    private int[] freshSets(Set<String> types) {
        BitSet known = new BitSet();
        types.forEach(type -> known.or(sets.getOrDefault(type, new BitSet())));
        int[] fresh = IntStream.range(0, zoneSets.count())
                .filter(set -> !known.get(set))
                .toArray();
        return fresh.length > 1 ? fresh : IntStream.range(0, zoneSets.count()).toArray();
    }

    /** Moves a type to its present set. The caller holds the lock of {@link KernelPolicy}. */
    private void place(MallocTypeInternal type) {
        lock.lock();
        try {
            type.zoneBase(moved.getOrDefault(type.name, zoneSets.of(type.name)) * classCount);
        } finally {
            lock.unlock();
        }
    }
}
