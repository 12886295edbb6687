package dev.malloc9.uma;

import dev.malloc9.pcpu.Cpus;
import dev.malloc9.pcpu.Pcpu;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * A drain that takes all items of the given zones out of the caches of all CPUs, including the caches of idle and dead threads. Each object
 * is used for one drain.
 *
 * <p><b>Why no item is lost or handed out twice.</b> The draining thread first announces the drain in {@link Uma}: critical sections of the
 * slow paths check this inside the section, and wait. Then it closes the {@link Gates}, which every critical section of a fast path reads.
 * Then it waits in {@link Cpus#quiesce}. Sections that found an open gate have ended by then, and their stores are visible. Later sections
 * find the gate closed, and touch no cache. The draining thread is therefore the only user of the caches. After it has taken the items, a
 * second quiesce makes each thread see the changed stacks before it sees an open gate.
 *
 * <p>The gates cost the fast paths no additional load: a fast path reads the gate of its type or zone anyway, to find it alive. If a
 * critical section does not end in time, the gates are opened again, and nothing was changed. A drain of closed zones works without these
 * gates: see {@link #takeClosed}.
 */
final class Drain {

    private final Cpus cpus;

    /** The items that were taken, by zone, then by the number of the CPU. */
    private final Map<UmaZone, List<int[]>> items = new LinkedHashMap<>();

    Drain(Cpus cpus) {
        this.cpus = cpus;
    }

    /**
     * Takes the items of the given zones out of all caches. Called while the gates are closed.
     *
     * @param waitMillis the longest time of each of the two waits for critical sections, in milliseconds
     * @return false if a critical section did not end in the first wait; nothing was taken then
     */
    boolean take(List<UmaZone> zones, long waitMillis) {
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
     * <p>The gates of closed zones stay closed for ever, so no section that begins after the first handshake touches their stacks. A slow
     * path that replaces the arrays of a slot waits meanwhile ({@link Uma#enterCurrent()}). Fast paths of other zones store into the same
     * arrays, at other elements. No gate of these zones opens afterwards, so no second quiesce is needed. The number of the zone is given
     * to a new zone under the lock that the caller holds. A fast path of the new zone loads the index of its top from the object of the new
     * zone. It therefore cannot read the top before that object was published.
     *
     * @param waitMillis the longest time to wait for critical sections in milliseconds
     * @param close closes a shared arena; see {@link Cpus#quiesce(long, BooleanSupplier)}
     * @return false if a critical section did not end in time; nothing was taken then
     */
    boolean takeClosed(List<UmaZone> zones, long waitMillis, BooleanSupplier close) {
        if (!cpus.quiesce(waitMillis, close)) {
            return false;
        }
        takeAll(zones);
        return true;
    }

    /** Takes the items out of the caches. No critical section uses the caches of these zones. */
    private void takeAll(List<UmaZone> zones) {
        for (UmaZone zone : zones) {
            List<int[]> taken = new ArrayList<>();
            for (Pcpu slot : cpus.all()) {
                taken.add(Cache.takeAll(slot, zone));
            }
            items.put(zone, taken);
        }
    }

    /**
     * Returns the items to their zones. Called after the gates were opened. If the return to one zone throws, the items of the other zones
     * are returned nevertheless, and the first error is rethrown afterwards.
     *
     * @param way runs the given work for the given zone
     */
    void release(BiConsumer<UmaZone, Runnable> way) {
        Throwable first = null;
        for (Map.Entry<UmaZone, List<int[]>> entry : items.entrySet()) {
            try {
                way.accept(entry.getKey(), () -> put(entry.getKey(), entry.getValue()));
            } catch (RuntimeException | Error e) {
                first = first == null ? e : first;
            }
        }
        switch (first) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException(first);
        }
    }

    private static void put(UmaZone zone, List<int[]> taken) {
        for (int cpu = 0; cpu < taken.size(); cpu++) {
            zone.putItems(cpu, taken.get(cpu));
        }
    }
}
