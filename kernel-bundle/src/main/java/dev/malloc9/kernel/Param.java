package dev.malloc9.kernel;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;

import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.vm.KmemSize;
import dev.malloc9.vm.PageSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The system parameters that belong to no layer (init_param2, init_param3). Unless they are set, the first follows from the size of the
 * memory, and the second from that of the kernel map.
 *
 * @param maxUsers the hint from which other parameters are computed
 * @param maxPipeKva the number of bytes of the kernel map that pipes may use
 * @param bootPages the number of pages that FreeBSD's UMA has before there is a kernel map. It is shown and not used: the data that UMA
 *     needs for itself lies on the Java heap.
 */
public record Param(int maxUsers, long maxPipeKva, int bootPages) {

    /** The default of FreeBSD (UMA_BOOT_PAGES). */
    private static final int UMA_BOOT_PAGES = 48;

    private static final Oid MAXUSERS = Oid.integer(
                    "kern.maxusers",
                    CTLFLAG_RDTUN,
                    "hint for other sizes; 0 computes it: one for each 2 MiB, 32 to 384")
            .standard("computed");

    private static final Oid MAXPIPEKVA = Oid.longInteger(
                    "kern.ipc.maxpipekva",
                    CTLFLAG_RDTUN,
                    "memory for pipes: a 20th of the kernel map, at least 512 KiB")
            .unit("bytes")
            .standard("computed");

    private static final Oid BOOT_PAGES = Oid.integer(
                    "vm.boot_pages",
                    CTLFLAG_RDTUN,
                    "pages for UMA's own needs at boot; not used, they lie on the Java heap")
            .unit("pages")
            .standard(Integer.toString(UMA_BOOT_PAGES));

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
        Long pages = BOOT_PAGES.number(environment);
        return new Param(
                users == null || users == 0 ? maxUsers(physicalPages) : users.intValue(),
                pipes == null ? KmemSize.maxPipeKva(kmemSize) : pipes,
                pages == null ? UMA_BOOT_PAGES : pages.intValue());
    }

    /** Adds the knobs of the parameters. */
    void declare(SysctlTree tree) {
        tree.add(MAXUSERS.bind(() -> maxUsers));
        tree.add(MAXPIPEKVA.bind(() -> maxPipeKva));
        tree.add(BOOT_PAGES.bind(() -> bootPages));
    }

    private static int maxUsers(long physicalPages) {
        return Math.clamp(physicalPages / (BYTES_A_USER / PageSource.PAGE), FEWEST_USERS, MOST_USERS);
    }
}
