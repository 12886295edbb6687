package malloc9.uma;

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
 * while he sees that), and then puts {@link #AWAY} where each slot's tops were. There is nothing to take there and no room to
 * give, so that the fast paths fail by the test of their index that they make anyway, and go the slow way, which waits.
 * Then the drain waits in {@link Cpus#quiesce}. Sections that found the former tops have ended by then, with their
 * stores to be seen; later ones find AWAY. A section that had not seen the drain may have replaced the slot's arrays by
 * longer copies; it has ended too, and nobody does so any more: a second round takes the copies instead, and finds all
 * slots at rest. What a slot had is ours alone then, as if its CPU had never been; its owner makes new arrays, from
 * nothing. Where quiesce finds a section that does not end, all tops are put back: nobody but their owners changed them.
 */
final class Drain {

    /** The tops of a slot whose caches are being taken. */
    static final int[] AWAY = new int[0];

    private static final int ROUNDS = 2;

    private final Cpus cpus;

    /** What the slots had. */
    private final Map<Pcpu, int[]> tops = new HashMap<>();

    Drain(Cpus cpus) {
        this.cpus = cpus;
    }

    /** Takes the caches away; false if a section did not end in time, and all is as it was. */
    boolean take(long waitMillis) {
        for (int round = 0; round < ROUNDS; round++) {
            if (takeTops() || round == 0) {
                if (!cpus.quiesce(waitMillis)) {
                    tops.forEach((slot, former) -> slot.tops = former);
                    return false;
                }
            }
        }
        return true;
    }

    /** A zone's items in what was taken, by slot. */
    List<int[]> items(Zone zone) {
        List<int[]> items = new ArrayList<>();
        tops.forEach((slot, former) -> items.add(Cache.items(former, slot.items, zone)));
        return items;
    }

    /** Lets the slots' owners make new arrays, once the items of the former are known. */
    void end() {
        tops.keySet().forEach(slot -> slot.tops = new int[0]);
    }

    @SuppressWarnings("ReferenceEquality") // an array is what it is
    private boolean takeTops() {
        boolean any = false;
        for (Pcpu slot : cpus.all()) {
            int[] former = slot.tops;
            if (former != AWAY) {
                slot.tops = AWAY;
                tops.put(slot, former);
                any = true;
            }
        }
        return any;
    }
}
