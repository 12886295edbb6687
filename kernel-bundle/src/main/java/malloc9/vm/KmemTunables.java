package malloc9.vm;

import static malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;
import static malloc9.api.sysctl.Knob.CTLFLAG_RW;
import static malloc9.api.sysctl.Knob.CTLFLAG_STATS;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import malloc9.sysctl.Oid;
import malloc9.sysctl.SysctlTree;
import org.jspecify.annotations.Nullable;

/**
 * How large the kernel map shall be, and its knobs.
 *
 * @param sizing kmeminit's steps with what the boot environment says
 * @param size bytes of the map
 * @param reserve bytes of it that only M_USE_RESERVE may use
 * @param warnings one line for each tunable that exceeds the limits on memory
 */
public record KmemTunables(KmemSize sizing, long size, long reserve, List<String> warnings) {

    private static final Oid SIZE = Oid.ulong(
                    "vm.kmem_size", CTLFLAG_RDTUN, "capacity of the kernel map; 0 computes it")
            .unit("bytes")
            .standard("min(memory, cgroup limit, address space under RLIMIT_AS) less the maximum Java heap and 128 MiB,"
                    + " at least 16 MiB");

    private static final Oid SIZE_MIN = Oid.ulong(
                    "vm.kmem_size_min",
                    CTLFLAG_RDTUN,
                    "floor of the computed capacity, up to what memory limits leave; 0 for none")
            .unit("bytes")
            .standard("0");

    private static final Oid SIZE_MAX = Oid.ulong(
                    "vm.kmem_size_max",
                    CTLFLAG_RDTUN,
                    "ceiling of the computed capacity, wins over the floor; 0 for none")
            .unit("bytes")
            .standard(Long.toString(KmemSize.LARGEST));

    private static final Oid SIZE_SCALE = Oid.uint(
                    "vm.kmem_size_scale",
                    CTLFLAG_RDTUN,
                    "physical pages for each page of the kernel map; 0 ignores them")
            .unit("pages")
            .standard("1");

    private static final Oid RESERVE = Oid.ulong(
                    "vm.kmem_reserve", CTLFLAG_RDTUN, "part of the kernel map that only M_USE_RESERVE may use")
            .unit("bytes")
            .standard("1/256 of a map above 64 MiB");

    private static final Oid MAP_SIZE =
            Oid.ulong("vm.kmem_map_size", CTLFLAG_RD, "kernel map in use now").unit("bytes");

    private static final Oid MAP_FREE = Oid.ulong("vm.kmem_map_free", CTLFLAG_RD, "largest hole of the kernel map now")
            .unit("bytes");

    private static final Oid LOWMEM = Oid.integer(
                    "debug.vm_lowmem", CTLFLAG_RW | CTLFLAG_STATS, "a write of anything but 0 raises vm_lowmem")
            .standard("0");

    /** A map up to this size has no reserve unless one is asked for. */
    private static final long TINY = 64 << 20;

    /** What part of a larger map is its reserve. */
    private static final int RESERVE_SHARE = 256;

    /** Those of a map of that size. */
    public static KmemTunables of(long size) {
        return new KmemTunables(KmemSize.PLATFORM.tuned(size, null, null, null), size, defaultReserve(size), List.of());
    }

    /**
     * Reads the tunables.
     *
     * @param physicalPages OS pages that the process may use
     * @param most the size in bytes that a computed map does not exceed, whatever its floor
     */
    public static KmemTunables from(Function<String, @Nullable String> environment, long physicalPages, long most) {
        Long size = SIZE.number(environment);
        KmemSize sizing = KmemSize.PLATFORM.tuned(
                size == null || size == 0 ? null : size,
                SIZE_MIN.number(environment),
                SIZE_MAX.number(environment),
                SIZE_SCALE.number(environment));
        long bytes = Math.min(sizing.bytes(physicalPages, 0), KmemSize.LARGEST);
        if (sizing.size() == null) {
            bytes = Math.min(bytes, most);
        }
        long leaves = Math.min(most, KmemSize.LARGEST);
        List<String> warnings = new ArrayList<>();
        for (Oid tunable : sizing.size() == null ? List.of(SIZE_MIN) : List.of(SIZE)) {
            Long asked = tunable.number(environment);
            if (asked != null && asked > leaves) {
                warnings.add(Messages.tooLarge(
                        tunable.knob().name(), String.valueOf(tunable.text(environment)), leaves, bytes));
            }
        }
        Long reserve = RESERVE.number(environment);
        return new KmemTunables(
                sizing, bytes, reserve == null ? defaultReserve(bytes) : reserve, List.copyOf(warnings));
    }

    /** Adds the knobs of a map that was made so. */
    public void declare(SysctlTree tree, KernelMap map, LowMemory lowMemory) {
        tree.add(SIZE.bind(map::size));
        tree.add(SIZE_MIN.bind(sizing::min));
        tree.add(SIZE_MAX.bind(sizing::max));
        tree.add(SIZE_SCALE.bind(sizing::scale));
        tree.add(RESERVE.bind(map::reserve));
        tree.add(MAP_SIZE.bind(map::used));
        tree.add(MAP_FREE.bind(map::largestHole));
        tree.add(LOWMEM.bind(() -> 0, value -> {
            if (value != 0) {
                lowMemory.raise();
            }
            return true;
        }));
    }

    private static long defaultReserve(long size) {
        return size <= TINY ? 0 : size / RESERVE_SHARE;
    }
}
