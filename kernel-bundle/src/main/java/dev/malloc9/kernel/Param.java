package dev.malloc9.kernel;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;

import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.vm.KmemSize;
import dev.malloc9.vm.PageSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The system parameters that follow from the machine's size (init_param2, init_param3).
 *
 * @param maxUsers the hint from which other parameters are computed
 * @param maxPipeKva the number of bytes of the kernel map that pipes may use
 */
public record Param(int maxUsers, long maxPipeKva) {

    private static final Oid MAXUSERS = Oid.integer(
                    "kern.maxusers",
                    CTLFLAG_RDTUN,
                    "hint for other sizes; 0 computes it: one for each 2 MiB, 32 to 384")
            .standard("computed");

    private static final Oid MAXPIPEKVA = Oid.longInteger(
                    "kern.ipc.maxpipekva",
                    CTLFLAG_RDTUN,
                    "what pipes may take: a 20th of the kernel map, 512 KiB at least")
            .unit("bytes")
            .standard("computed");

    /** The memory in bytes for each user. */
    private static final long BYTES_A_USER = 2 << 20;

    private static final int FEWEST_USERS = 32;
    private static final int MOST_USERS = 384;

    /**
     * Reads the parameters from the boot environment, and computes the ones that are not set. A kern.maxusers of 0 is computed, too.
     *
     * @param physicalPages the number of OS pages that the process may use
     * @param kmemSize the size of the kernel map in bytes
     */
    static Param from(Function<String, @Nullable String> environment, long physicalPages, long kmemSize) {
        Long users = MAXUSERS.number(environment);
        Long pipes = MAXPIPEKVA.number(environment);
        return new Param(
                users == null || users == 0 ? maxUsers(physicalPages) : users.intValue(),
                pipes == null ? KmemSize.maxPipeKva(kmemSize) : pipes);
    }

    /** Adds the knobs of the parameters. */
    void declare(SysctlTree tree) {
        tree.add(MAXUSERS.bind(() -> maxUsers));
        tree.add(MAXPIPEKVA.bind(() -> maxPipeKva));
    }

    private static int maxUsers(long physicalPages) {
        return Math.clamp(physicalPages / (BYTES_A_USER / PageSource.PAGE), FEWEST_USERS, MOST_USERS);
    }
}
