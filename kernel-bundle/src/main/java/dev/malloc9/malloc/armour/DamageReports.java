package dev.malloc9.malloc.armour;

import dev.malloc9.api.BlockDamaged;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.KernelPolicy;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.malloc.type.Suspects;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import java.util.List;

/**
 * The receiver of found damage. It reports damage to the journal and to the search for suspects, and throws it at the caller of a
 * free if the operator wants an error.
 *
 * <p>Thread-safe.
 */
public final class DamageReports {

    private final Uma uma;
    private final MallocTypes types;
    private final KernelPolicy watches;
    private final Suspects suspects;
    private final Events events;

    /** Whether a free that finds damage throws (vm.redzone.panic). */
    private volatile boolean panic;

    public DamageReports(Uma uma, MallocTypes types, KernelPolicy watches, Suspects suspects, Events events) {
        this.uma = uma;
        this.types = types;
        this.watches = watches;
        this.suspects = suspects;
        this.events = events;
    }

    /** Returns whether a free that finds damage throws (vm.redzone.panic). */
    boolean panic() {
        return panic;
    }

    /** Sets whether a free that finds damage throws, for all frees from now on. */
    void panic(boolean throwing) {
        panic = throwing;
    }

    /**
     * Reports damage to the journal. If the damaged block lies in a zone of malloc's sets, the types that were never in that set are no
     * suspects any more. The remaining suspects may be moved to other sets. The caller holds no lock of malloc or free and is outside all
     * critical sections.
     */
    void report(Damage damage) {
        events.damaged(damage);
        long offset = damage.address() - uma.map().base();
        // A guarded block lies outside the kernel map and in no zone.
        boolean mapped = Long.compareUnsigned(offset, uma.map().size()) < 0;
        Slab slab = mapped ? uma.slabs().find(Slab.granuleOf(offset)) : null;
        if (slab != null) {
            suspects.hit(slab.zone, types, watches, uma.cpus());
        }
    }

    /**
     * Reports the damage that a free has found.
     *
     * @param type the type of the freed block
     * @param damages the damage, in the order of addresses; empty if there is none
     * @throws BlockDamaged if there is damage and the operator wants an error; it describes the first damage, and the block is free
     */
    void reportAtFree(MallocTypeInternal type, List<Damage> damages) {
        damages.forEach(this::report);
        if (panic && !damages.isEmpty()) {
            Damage first = damages.getFirst();
            BlockDamaged error = new BlockDamaged(
                    first.address(),
                    first.offset(),
                    first.bytes(),
                    ArmourMessages.stopping(String.join("\n", first.report())));
            events.panicked(type.owner.module(), error);
            throw error;
        }
    }
}
