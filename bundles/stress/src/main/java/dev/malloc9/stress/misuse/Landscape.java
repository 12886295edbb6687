package dev.malloc9.stress.misuse;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.AddressInfo.Place;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.LoadableKernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A kernel map with every kind of place that an address can hit, and the test's own list of these places.
 *
 * <p>It has blocks of the types of two bundles, by segment and by address, small and large. One type is at level I and one is guarded. It
 * has items of zones, and free items among them. It has blocks in quarantine, and guarded blocks that are holes now. A stopped bundle has
 * left blocks by address, and its segments were revoked. Around them lie red zones, tails and holes.
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

    @MallocDefine(name = "misuse-armoured")
    private static final MallocType M_ARMOURED = MallocType.define();

    @MallocDefine(name = "misuse-guarded")
    private static final MallocType M_GUARDED = MallocType.define();

    /** The types of the bundles that are not stopped. */
    static final List<MallocType> TYPES = List.of(M_A, M_B, M_C, M_ARMOURED, M_GUARDED);

    private static final int BLOCKS = 3_000;
    private static final long RED_ZONE = 16;
    private static final long OS_PAGE = 4096;
    private static final long MAP = 64L << 20;

    /** The kinds of places on the list. */
    enum Kind {
        /** A block of malloc or an item of a zone, in use. */
        PLAIN,
        /** A block in use between red zones. */
        ARMOURED,
        /** A block in use between holes. */
        GUARDED,
        /** A block that a stopped bundle left by address. */
        LEFT,
        /** A block that was freed at level I and is in quarantine. */
        KEPT,
        /** A guarded block that was freed and is a hole. */
        HOLE
    }

    /**
     * A place on the list: a block or an item, in use or not.
     *
     * @param start the address of the block or item
     * @param bytes the usable size in bytes
     * @param from the first address that is known to belong to the place: the start of its front red zone, of its first page if it is
     *     guarded, or else of the block
     * @param until the end of the addresses that are known to belong to the place: of its rear red zone, of its last page, or of the usable
     *     size
     * @param type the type of a block in use; null for an item and for a place that is not in use
     * @param zone the zone of an item in use; otherwise null
     */
    record Use(
            Kind kind,
            long start,
            long bytes,
            long from,
            long until,
            @Nullable MallocType type,
            @Nullable Zone zone) {

        boolean isInUse() {
            return type != null || zone != null;
        }

        Use freed() {
            return new Use(kind == Kind.ARMOURED ? Kind.KEPT : Kind.HOLE, start, bytes, from, until, null, null);
        }
    }

    private final LoadableKernel loader = new LoadableKernel(new Tunables(MAP));
    private final Kernel kernel = loader.kernel();
    private final List<Zone> zones = new ArrayList<>();
    private final NavigableMap<Long, Use> uses = new TreeMap<>();
    private final List<Long> freed = new ArrayList<>();
    private final List<Use> known;
    private final long base;
    private final long guardBase;
    private final long guardSize;

    Landscape(Random random) {
        ModuleId misuse = new ModuleId("misuse", "1", 1);
        loader.load(misuse, List.of(M_A, M_B, M_ARMOURED));
        loader.load(new ModuleId("other", "1", 2), List.of(M_C, M_GUARDED));
        Owner gone = loader.load(new ModuleId("gone", "1", 3), List.of(M_GONE));
        for (long size : new long[] {48, 200, 3000}) {
            zones.add(kernel.zones().zcreate(ZoneRequest.of("misuse" + size, size, M_A)));
        }
        kernel.operator().level(misuse, M_ARMOURED.name(), Level.I);
        kernel.sysctl().writeText("vm.memguard.desc", M_GUARDED.name());
        guardBase = number("vm.memguard.mapstart");
        guardSize = number("vm.memguard.maplimit") - guardBase;
        List<Use> toFree = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            Use use = i % 5 == 0 ? item(random) : block(random);
            if (random.nextInt(3) == 0) {
                toFree.add(use);
            } else {
                put(use);
            }
        }
        for (int i = 0; i < 200; i++) {
            leave(random.nextBoolean(), 1L << random.nextInt(12));
        }
        loader.unload(gone);
        // Of the blocks that are freed at level I, the first half leaves the quarantine again. The second half stays
        // there.
        toFree.subList(0, toFree.size() / 2).forEach(use -> free(use, false));
        kernel.sysctl().writeText("vm.malloc.quarantine", "0");
        kernel.sysctl().writeText("vm.malloc.quarantine", Long.toString(MAP));
        toFree.subList(toFree.size() / 2, toFree.size()).forEach(use -> free(use, true));
        uses.values().stream().filter(Use::isInUse).forEach(Landscape::fill);
        known = List.copyOf(uses.values());
        long any =
                known.stream().filter(use -> use.kind == Kind.PLAIN).findFirst().orElseThrow().start;
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

    /** Returns the first address of the map. */
    long base() {
        return base;
    }

    /** Returns the size of the map in bytes. */
    long size() {
        return MAP;
    }

    /** Returns the first address of guarded blocks. */
    long guardBase() {
        return guardBase;
    }

    /** Returns the size of the address space of guarded blocks in bytes. */
    long guardSize() {
        return guardSize;
    }

    boolean isGuards(long address) {
        return Long.compareUnsigned(address - guardBase, guardSize) < 0;
    }

    /**
     * Returns whether a block of the kernel itself begins at the address. Such a block, for example the message buffer, is not on the list.
     */
    boolean isKernels(long address) {
        AddressInfo found = kernel.runtime().whatis(address);
        ModuleId owner = found.owner();
        return found.place() == Place.BLOCK && found.start() == address && owner != null && owner.bundleId() == 0;
    }

    /** Returns all places that are in use, in quarantine, left by address, or a hole that was a guarded block. */
    List<Use> known() {
        return known;
    }

    /** Returns the addresses of blocks and items that are free now, without those in quarantine and the guarded ones. */
    List<Long> freed() {
        return freed;
    }

    /** Returns the place on the list that contains an address; null if none does. */
    @Nullable
    Use around(long address) {
        Map.Entry<Long, Use> below = uses.floorEntry(address);
        return below != null && address < below.getValue().until ? below.getValue() : null;
    }

    /** Returns the statistics of the test's types. The kernel's own types are left out, since the report of a panic uses them. */
    List<TypeStats> types() {
        return kernel.runtime().types().stream()
                .filter(stats -> stats.name().startsWith("misuse"))
                .toList();
    }

    /** Returns the number of blocks of a type that are in use. */
    long count(MallocType type) {
        return known.stream().filter(use -> type.equals(use.type)).count();
    }

    /** Returns the number of items of a zone that are in use. */
    long count(Zone zone) {
        return known.stream().filter(use -> zone.equals(use.zone)).count();
    }

    /** Returns whether every block and item in use still holds the bytes that were written. */
    boolean isWhole() {
        return known.stream().filter(Use::isInUse).allMatch(Landscape::holds);
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
        long bytes = raw.usableSize(address, type);
        long end = address + bytes;
        if (type.equals(M_ARMOURED)) {
            return new Use(Kind.ARMOURED, address, bytes, address - RED_ZONE, end + RED_ZONE, type, null);
        }
        if (isGuards(address)) {
            return new Use(Kind.GUARDED, address, bytes, address & -OS_PAGE, (end - 1 | OS_PAGE - 1) + 1, type, null);
        }
        return new Use(Kind.PLAIN, address, bytes, address, end, type, null);
    }

    private Use item(Random random) {
        Zone zone = zones.get(random.nextInt(zones.size()));
        long address = zone.zalloc(M_WAITOK).address();
        return new Use(Kind.PLAIN, address, zone.size(), address, address + zone.size(), null, zone);
    }

    private void put(Use use) {
        uses.put(use.from, use);
    }

    /** Allocates a block that the stopped bundle is to leave. By address it will be in quarantine, by segment it will be free. */
    private void leave(boolean byAddress, long size) {
        if (byAddress) {
            long address = kernel.rawMalloc().malloc(size, M_GONE, M_WAITOK);
            long bytes = kernel.rawMalloc().usableSize(address, M_GONE);
            put(new Use(Kind.LEFT, address, bytes, address, address + bytes, null, null));
        } else {
            freed.add(kernel.malloc().malloc(size, M_GONE, M_WAITOK).address());
        }
    }

    private void free(Use use, boolean kept) {
        if (use.zone != null) {
            use.zone.raw().zfree(use.start);
        } else if (use.type != null) {
            kernel.rawMalloc().free(use.start, use.type);
        }
        if (use.kind == Kind.GUARDED || (kept && use.kind == Kind.ARMOURED)) {
            put(use.freed());
        } else {
            freed.add(use.start);
        }
    }

    private long number(String knob) {
        return Long.parseLong(kernel.sysctl().readText(knob));
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
