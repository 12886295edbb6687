package malloc9.uma;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;

/**
 * A drain takes all items out of all CPUs' caches, other threads', idle ones' and dead ones' too.
 *
 * <p><b>Why no item is lost or handed out twice.</b> Whoever drains says so ({@link Uma}: sections of the slow paths look, in
 * their section, and wait) and closes the {@link Gates}, which every section of a fast path looks at. Then he waits in
 * {@link Cpus#quiesce}. Sections that found an open gate have ended by then, with their stores to be seen; later ones
 * find it closed, and touch no cache. So the caches are ours alone. We take the items, and a second quiesce makes each
 * thread see what we left before it sees an open gate. No gate is a new load of the fast paths: they look at the type's or
 * zone's word anyway, to find it alive. Where quiesce finds a section that does not end, the gates are opened again and
 * nothing was changed.
 */
final class Drain {

    private final Cpus cpus;

    /** By zone, then by CPU. */
    private final Map<Zone, List<int[]>> items = new LinkedHashMap<>();

    Drain(Cpus cpus) {
        this.cpus = cpus;
    }

    /** Takes the items of those zones; between the closing and the opening of the gates. */
    boolean take(List<Zone> zones, long waitMillis) {
        if (!cpus.quiesce(waitMillis)) {
            return false;
        }
        takeAll(zones);
        cpus.quiesce(waitMillis);
        return true;
    }

    /**
     * Takes the items of closed zones, while other zones and memory types stay on their fast paths.
     *
     * <p>The words of closed zones are shut for good, so no section that begins behind the first handshake touches their stacks. A slow path
     * replaces a slot's arrays, and waits meanwhile ({@link Uma#enterCurrent()}). Fast paths of others store into the same arrays, at other
     * elements. No gate opens afterwards, so no second quiesce is needed. The zone's number is given again under the lock that the caller holds. A
     * fast path of the new zone reads its top at an index that it loads from the new zone's object, and so not before that object was published.
     *
     * @param close see {@link Cpus#quiesce(long, BooleanSupplier)}
     */
    boolean takeClosed(List<Zone> zones, long waitMillis, BooleanSupplier close) {
        if (!cpus.quiesce(waitMillis, close)) {
            return false;
        }
        takeAll(zones);
        return true;
    }

    private void takeAll(List<Zone> zones) {
        for (Zone zone : zones) {
            List<int[]> taken = new ArrayList<>();
            for (Pcpu slot : cpus.all()) {
                taken.add(Cache.takeAll(slot, zone));
            }
            items.put(zone, taken);
        }
    }

    /**
     * Gives the items back to their zones, once the gates are open.
     *
     * @param way runs the work for a zone
     */
    void release(BiConsumer<Zone, Runnable> way) {
        items.forEach((zone, taken) -> way.accept(zone, () -> {
            for (int cpu = 0; cpu < taken.size(); cpu++) {
                zone.putItems(cpu, taken.get(cpu));
            }
        }));
    }
}
