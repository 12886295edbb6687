package dev.malloc9.vm;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RW;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_STATS;

import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The size of the kernel map as the boot environment sets it, and the knobs of the map.
 *
 * @param sizing the parameters of kmeminit with the tunables applied
 * @param size the size of the map in bytes
 * @param reserve the number of bytes of the map that only requests with M_USE_RESERVE may use
 * @param warnings a line for vm.kmem_size or vm.kmem_size_min if it exceeds the limits on memory, else nothing
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
                    "floor of the computed capacity, within the memory limits; 0 for none")
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

    /** The largest size in bytes of a map that has no reserve unless vm.kmem_reserve is set. */
    private static final long TINY = 64 << 20;

    /** The divisor of a larger map's size that gives its default reserve. */
    private static final int RESERVE_SHARE = 256;

    /** Returns the tunables of a map of the given size in bytes, with the default reserve. */
    public static KmemTunables of(long size) {
        return new KmemTunables(KmemSize.PLATFORM.tuned(size, null, null, null), size, defaultReserve(size), List.of());
    }

    /**
     * Reads the tunables. If vm.kmem_size is set and not 0, it takes precedence over the limit {@code most}. A warning is given if it
     * exceeds that limit or {@link KmemSize#LARGEST}. A value that is negative or not a number counts as not set.
     *
     * @param environment the boot environment: the value of each name, or null
     * @param physicalPages the number of OS pages that the process may use
     * @param most the largest computed size in bytes, which takes precedence over vm.kmem_size_min
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

    /** Adds the knobs of a map that was created with these tunables. */
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

    /** Returns the reserve in bytes of a map for which vm.kmem_reserve is not set. */
    private static long defaultReserve(long size) {
        return size <= TINY ? 0 : size / RESERVE_SHARE;
    }
}
