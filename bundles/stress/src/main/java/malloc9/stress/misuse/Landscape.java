package malloc9.stress.misuse;

import static malloc9.api.MallocFlags.M_WAITOK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.api.raw.RawMalloc;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.TypeStats;
import malloc9.api.zone.Zone;
import malloc9.api.zone.ZoneRequest;
import malloc9.kernel.Kernel;
import malloc9.kernel.LoadableKernel;
import malloc9.kernel.Tunables;
import malloc9.malloc.Owner;
import org.jspecify.annotations.Nullable;

/**
 * A kernel map with everything in it that an address can hit, and the test's own list of what lies where: blocks of types of two
 * bundles, by both doors, small and large; items of zones; free items among them; what a stopped bundle left by address, and what was
 * revoked; tails and holes.
 */
final class Landscape implements AutoCloseable {

    @MallocDefine(name = "misuse-a")
    private static final MallocType M_A = MallocType.define();

    @MallocDefine(name = "misuse-b")
    private static final MallocType M_B = MallocType.define();

    @MallocDefine(name = "misuse-c")
    private static final MallocType M_C = MallocType.define();

    @MallocDefine(name = "misuse-gone")
    private static final MallocType M_GONE = MallocType.define();

    /** The types that live. */
    static final List<MallocType> TYPES = List.of(M_A, M_B, M_C);

    private static final int BLOCKS = 3_000;
    private static final long MAP = 64L << 20;

    /**
     * What is in use at an address.
     *
     * @param bytes there are from there on
     * @param type whose it is; null of a zone's item or of what is in quarantine
     * @param zone whose item it is, or null
     */
    record Use(
            long start,
            long bytes,
            @Nullable MallocType type,
            @Nullable Zone zone) {

        boolean isQuarantined() {
            return type == null && zone == null;
        }
    }

    private final LoadableKernel loader = new LoadableKernel(new Tunables(MAP));
    private final Kernel kernel = loader.kernel();
    private final List<Zone> zones = new ArrayList<>();
    private final NavigableMap<Long, Use> uses = new TreeMap<>();
    private final List<Long> freed = new ArrayList<>();
    private final List<Use> inUse;
    private final long base;

    Landscape(Random random) {
        loader.load(new ModuleId("misuse", "1", 1), List.of(M_A, M_B));
        loader.load(new ModuleId("other", "1", 2), List.of(M_C));
        Owner gone = loader.load(new ModuleId("gone", "1", 3), List.of(M_GONE));
        for (long size : new long[] {48, 200, 3000}) {
            zones.add(kernel.zones().zcreate(ZoneRequest.of("misuse" + size, size, M_A)));
        }
        List<Use> toFree = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            Use use = i % 5 == 0 ? item(random) : block(random);
            if (random.nextInt(3) == 0) {
                toFree.add(use);
            } else {
                uses.put(use.start, use);
            }
        }
        for (int i = 0; i < 200; i++) {
            leave(random.nextBoolean(), 1L << random.nextInt(12));
        }
        loader.unload(gone);
        toFree.forEach(this::free);
        uses.values().stream().filter(use -> !use.isQuarantined()).forEach(Landscape::fill);
        inUse = List.copyOf(uses.values());
        long any = uses.firstKey();
        base = any - kernel.rawMalloc().vtophys(any);
    }

    Kernel kernel() {
        return kernel;
    }

    LoadableKernel loader() {
        return loader;
    }

    List<Zone> zones() {
        return zones;
    }

    /** The first address of the map. */
    long base() {
        return base;
    }

    /** Its bytes. */
    long size() {
        return MAP;
    }

    /** All that is in use or in quarantine. */
    List<Use> inUse() {
        return inUse;
    }

    /** Where blocks were that are free now. */
    List<Long> freed() {
        return freed;
    }

    /** What is in use around an address, or null. */
    @Nullable
    Use around(long address) {
        Map.Entry<Long, Use> below = uses.floorEntry(address);
        return below != null && address - below.getKey() < below.getValue().bytes ? below.getValue() : null;
    }

    /** The statistics of the types that live; the kernel's own serve whoever tells of panics. */
    List<TypeStats> types() {
        return kernel.runtime().types().stream()
                .filter(stats -> stats.name().startsWith("misuse"))
                .toList();
    }

    /** Blocks of a type that are in use. */
    long count(MallocType type) {
        return inUse.stream().filter(use -> type.equals(use.type)).count();
    }

    /** Items of a zone that are in use. */
    long count(Zone zone) {
        return inUse.stream().filter(use -> zone.equals(use.zone)).count();
    }

    /** Whether every block in use still holds what was written. */
    boolean isWhole() {
        return inUse.stream().filter(use -> !use.isQuarantined()).allMatch(Landscape::holds);
    }

    @Override
    public void close() {
        loader.close();
    }

    private Use block(Random random) {
        MallocType type = TYPES.get(random.nextInt(TYPES.size()));
        long size = 1 + random.nextLong(1L << (4 + random.nextInt(13)));
        RawMalloc raw = kernel.rawMalloc();
        long address = random.nextBoolean()
                ? raw.malloc(size, type, M_WAITOK)
                : kernel.malloc().malloc(size, type, M_WAITOK).address();
        return new Use(address, raw.usableSize(address, type), type, null);
    }

    private Use item(Random random) {
        Zone zone = zones.get(random.nextInt(zones.size()));
        return new Use(zone.zalloc(M_WAITOK).address(), zone.size(), null, zone);
    }

    /** By address it will be in quarantine, by segment free. */
    private void leave(boolean byAddress, long size) {
        if (byAddress) {
            long address = kernel.rawMalloc().malloc(size, M_GONE, M_WAITOK);
            uses.put(address, new Use(address, kernel.rawMalloc().usableSize(address, M_GONE), null, null));
        } else {
            freed.add(kernel.malloc().malloc(size, M_GONE, M_WAITOK).address());
        }
    }

    private void free(Use use) {
        freed.add(use.start);
        if (use.zone != null) {
            use.zone.raw().zfree(use.start);
        } else if (use.type != null) {
            kernel.rawMalloc().free(use.start, use.type);
        }
    }

    private static void fill(Use use) {
        view(use).fill((byte) (use.start >>> 4));
    }

    private static boolean holds(Use use) {
        byte wanted = (byte) (use.start >>> 4);
        MemorySegment bytes = view(use);
        for (long at = 0; at < use.bytes; at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) != wanted) {
                return false;
            }
        }
        return true;
    }

    private static MemorySegment view(Use use) {
        return MemorySegment.ofAddress(use.start).reinterpret(use.bytes);
    }
}
