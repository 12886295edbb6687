package malloc9.uma;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;

/**
 * A drain takes all caches away from all CPUs, other threads', idle ones' and dead ones' too, and their items
 * once nobody can be using them.
 *
 * <p><b>Why no item is lost or handed out twice.</b> Whoever drains first says so ({@link Uma}: nobody makes arrays for a slot
 * while he sees that) and waits in {@link Cpus#quiesce}, so that all slots keep the arrays that they have. Then he stops
 * each stack: its top is replaced, by compare-and-set, with one where nothing can be taken and nothing put
 * ({@link Cache#stopped}), so that the fast paths fail by the tests that they make anyway, and go the slow way, which waits.
 * The former top is the true one, but for a section that read it before and stores the next one later, over the stop.
 * Therefore he waits in quiesce again: such a section has ended then, and its top is seen and stopped in another round,
 * until a round finds nothing to stop. Each section from then on finds stopped stacks. What they hold is ours alone, as if
 * the CPUs had never been; their owners make new arrays, from nothing, and the former stay stopped for who still knows them.
 * Where a section does not end, all tops are put back: nobody changed what is stopped.
 */
final class Drain {

    /** A busy owner may be found in a section round after round, but hardly in so many. */
    private static final int ROUNDS = 1_000;

    private static final VarHandle TOP = MethodHandles.arrayElementVarHandle(int[].class);

    private final Cpus cpus;

    /** The tops of slots as they were stopped. */
    private final Map<Pcpu, int[]> formerTops = new HashMap<>();

    Drain(Cpus cpus) {
        this.cpus = cpus;
    }

    /** Stops all stacks; false if a section did not end in time, and all is as it was. */
    boolean take(long waitMillis) {
        for (int round = 0; round < ROUNDS && cpus.quiesce(waitMillis); round++) {
            boolean any = false;
            for (Pcpu slot : cpus.all()) {
                any |= stop(slot);
            }
            if (!any) {
                return true;
            }
        }
        formerTops.forEach(Drain::restart);
        return false;
    }

    /** A zone's items in what was stopped, by slot. */
    List<int[]> items(Zone zone) {
        List<int[]> items = new ArrayList<>();
        formerTops.forEach((slot, tops) -> items.add(Cache.items(tops, slot.items, zone)));
        return items;
    }

    /** Lets the slots' owners make new arrays, once the items of the former are known. */
    void end() {
        formerTops.keySet().forEach(slot -> {
            slot.tops = new int[0];
            slot.items = new int[0];
        });
    }

    /** Stops a slot's stacks; false if all of them were. */
    private boolean stop(Pcpu slot) {
        int[] tops = slot.tops;
        int stopped = Cache.stopped(slot.items);
        int[] former = formerTops.computeIfAbsent(slot, first -> new int[tops.length]);
        boolean any = false;
        for (int zone = 0; zone < tops.length; zone++) {
            int top = (int) TOP.getVolatile(tops, zone);
            while (top != stopped) {
                former[zone] = top;
                any = true;
                top = TOP.compareAndSet(tops, zone, top, stopped) ? stopped : (int) TOP.getVolatile(tops, zone);
            }
        }
        return any;
    }

    private static void restart(Pcpu slot, int[] former) {
        for (int zone = 0; zone < former.length; zone++) {
            TOP.compareAndSet(slot.tops, zone, Cache.stopped(slot.items), former[zone]);
        }
    }
}
