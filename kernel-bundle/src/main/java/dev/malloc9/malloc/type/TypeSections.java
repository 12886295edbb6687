package dev.malloc9.malloc.type;

import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Uma;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The critical sections in which the slow paths change the counters and blocks of a type. */
public final class TypeSections {

    private final Uma uma;

    public TypeSections(Uma uma) {
        this.uma = uma;
    }

    /**
     * Enters a critical section in which the type is alive and has the given policy. The CPU then has counters of the type under that
     * policy.
     *
     * @param watch the policy under which the request was admitted; null for none
     * @param function the name of the called function, for the error's text
     * @return the caller's CPU slot, whose section is open; null if the type has another policy by now, and no section is open
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped; no section is open then
     */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    @Nullable
    public Pcpu enterUnder(MallocTypeInternal type, @Nullable SlowPathPolicy watch, String function) {
        while (true) {
            Pcpu cpu = enterAlive(type, function);
            boolean same = type.watch() == watch;
            if (same && type.row(cpu.number, watch) != null) {
                return cpu;
            }
            uma.leave(cpu);
            if (!same) {
                return null;
            }
            type.addRow(cpu.number, watch);
        }
    }

    /**
     * Enters a critical section in which the type is alive, and returns the caller's CPU slot.
     *
     * @param function the name of the called function, for the error's text
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped; no section is open then
     */
    public Pcpu enterAlive(MallocTypeInternal type, String function) {
        Pcpu cpu = uma.enterCurrent();
        if (!type.alive()) {
            uma.leave(cpu);
            throw type.unregistered(function);
        }
        return cpu;
    }

    /** Returns the CPU's counters under a policy. Only valid in a section that {@link #enterUnder} has opened for that policy. */
    public static long[] counters(Pcpu cpu, MallocTypeInternal type, @Nullable SlowPathPolicy watch) {
        return Objects.requireNonNull(type.row(cpu.number, watch));
    }

    /** Ends a critical section. */
    public void leave(Pcpu cpu) {
        uma.leave(cpu);
    }
}
