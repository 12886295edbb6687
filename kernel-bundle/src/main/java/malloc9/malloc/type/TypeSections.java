package malloc9.malloc.type;

import java.util.Objects;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Uma;
import org.jspecify.annotations.Nullable;

/** Critical sections of the caller's slot in which something is done to a type, as the slow paths enter them. */
public final class TypeSections {

    private final Uma uma;

    public TypeSections(Uma uma) {
        this.uma = uma;
    }

    /**
     * The caller's slot, with counters for the type under that watch or none, in a critical section in which the type is
     * alive; null if it is watched otherwise by now.
     */
    @SuppressWarnings("ReferenceEquality") // a watch is who it is
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

    /** The caller's slot, in a critical section in which the type is alive. */
    public Pcpu enterAlive(MallocTypeInternal type, String function) {
        Pcpu cpu = uma.enterCurrent();
        if (!type.alive()) {
            uma.leave(cpu);
            throw type.unregistered(function);
        }
        return cpu;
    }

    /** The counters that {@link #enterUnder} has seen to. */
    public static long[] counters(Pcpu cpu, MallocTypeInternal type, @Nullable SlowPathPolicy watch) {
        return Objects.requireNonNull(type.row(cpu.number, watch));
    }

    /** Ends a section. */
    public void leave(Pcpu cpu) {
        uma.leave(cpu);
    }
}
