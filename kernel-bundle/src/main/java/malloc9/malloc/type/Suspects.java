package malloc9.malloc.type;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import malloc9.api.runtime.SuspectsInfo;
import malloc9.malloc.account.ZoneSets;
import malloc9.pcpu.Cpus;
import malloc9.vm.KernelLock;

/**
 * The suspects are the types that all damage found so far may be the work of: those that share its zones (row 9, made automatic).
 *
 * <p>FreeBSD's user boots with another {@code debug.malloc.zone_offset} after each corruption, and looks for who was in the damaged zones
 * every time. Here each hit drops the types that never allocated from the hit's set of zones; when those that are left share one set, they
 * are spread at once over sets that none of them was in, so that the next hit tells them apart: eight sets find one of 40 types in three hits. A type keeps its
 * blocks where they are, and stays suspected for the sets it was in.
 *
 * <p>With one set there is nothing to be told. May be used by any number of threads.
 */
public final class Suspects {

    private final ZoneSets zoneSets;
    private final int classCount;
    private final KernelLock lock = new KernelLock();

    /** The sets that types of a name were ever in. Guarded by lock. */
    private final Map<String, BitSet> sets = new HashMap<>();

    /** Where types of a name are now, if not where their name says. Guarded by lock. */
    private final Map<String, Integer> moved = new HashMap<>();

    /** Guarded by lock. */
    private TreeSet<String> suspects = new TreeSet<>();

    /** Guarded by lock. */
    private long hits;

    /** @param classCount zones of a set */
    public Suspects(ZoneSets zoneSets, int classCount) {
        this.zoneSets = zoneSets;
        this.classCount = classCount;
    }

    /** The number of the first zone of a new type's set. */
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
     * Damage was found in a zone; called under no lock of malloc or free.
     *
     * @param zone its number
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

    /** Nobody is suspected any more; types stay where they are. */
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

    /** Drops who was never in that set; true if those that are left were spread. */
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

    /** The sets that none of those types was in, so that a hit there tells them apart; all, if those are fewer than two. */
    private int[] freshSets(Set<String> types) {
        BitSet known = new BitSet();
        types.forEach(type -> known.or(sets.getOrDefault(type, new BitSet())));
        int[] fresh = IntStream.range(0, zoneSets.count())
                .filter(set -> !known.get(set))
                .toArray();
        return fresh.length > 1 ? fresh : IntStream.range(0, zoneSets.count()).toArray();
    }

    private void place(MallocTypeInternal type) {
        lock.lock();
        try {
            type.zoneBase(moved.getOrDefault(type.name, zoneSets.of(type.name)) * classCount);
        } finally {
            lock.unlock();
        }
    }
}
