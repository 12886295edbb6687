package dev.malloc9.stress.misuse;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.stress.misuse.Landscape.Use;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A test that passes wrong addresses to twelve methods that free, resize or measure a block or an item, and random descriptors to the
 * registry. About half of the addresses lie inside the kernel map or among guarded blocks. Each call must be refused with the right error,
 * and change nothing.
 */
public final class Misuse {

    /** The number of addresses of a full run. */
    public static final long FULL = 10_000_000;

    /** The number of addresses for each descriptor. */
    private static final long ADDRESSES_PER_DESCRIPTOR = 10;

    private static final int TOLD = 20;

    private static final int DOORS = 12;

    private final Landscape land;
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong inside = new AtomicLong();

    private Misuse(Landscape land) {
        this.land = land;
    }

    /**
     * The result of a run.
     *
     * @param addresses the number of addresses asked for, including 0 and right ones, which are not passed to a method that frees. Fewer
     *     were tried if there were 20 errors
     * @param inside the number of tried addresses that lay in the kernel map or among guarded blocks
     * @param descriptors the number of descriptors asked for; up to two more were tried
     * @param wrong the first 20 errors: calls that were not refused, or refused with another error, and changes that they made
     */
    public record Outcome(long addresses, long inside, long descriptors, List<String> wrong) {

        @Override
        public String toString() {
            String summary =
                    addresses + " addresses, " + inside + " of them inside, and " + descriptors + " descriptors: ";
            return wrong.isEmpty() ? summary + "0 missed" : summary + "ERRORS:\n  " + String.join("\n  ", wrong);
        }
    }

    /**
     * Passes wrong addresses to the kernel, and a tenth of that number of descriptors to the registry.
     *
     * @param addresses the number of addresses; the threads stop early once there are 20 errors
     */
    public static Outcome run(long addresses, long seed) throws InterruptedException {
        try (Landscape land = new Landscape(new Random(seed))) {
            return new Misuse(land).run(addresses, new Random(seed + 1));
        }
    }

    private Outcome run(long addresses, Random seeds) throws InterruptedException {
        List<TypeStats> types = land.types();
        int threads = Runtime.getRuntime().availableProcessors();
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            long share = addresses / threads + (i < addresses % threads ? 1 : 0);
            Random random = new Random(seeds.nextLong());
            workers[i] = Thread.ofPlatform().start(() -> addresses(share, random));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        if (!types.equals(land.types())) {
            wrong.add("the statistics have changed");
        }
        long descriptors = addresses / ADDRESSES_PER_DESCRIPTOR;
        new Descriptors(land.loader(), wrong).run(descriptors, new Random(seeds.nextLong()));
        account();
        return new Outcome(
                addresses, inside.get(), descriptors, wrong.stream().limit(TOLD).toList());
    }

    private void addresses(long count, Random random) {
        Addresses addresses = new Addresses(land, random);
        long hits = 0;
        for (long i = 0; i < count && wrong.size() < TOLD; i++) {
            long address = addresses.next();
            hits += isInMap(address) || land.isGuards(address) ? 1 : 0;
            handIn(address, random);
        }
        inside.addAndGet(hits);
    }

    private void handIn(long address, Random random) {
        MallocType type = Landscape.TYPES.get(random.nextInt(Landscape.TYPES.size()));
        Zone zone = land.zones().get(random.nextInt(land.zones().size()));
        int door = random.nextInt(DOORS);
        boolean ofZone = door >= DOORS - 2;
        Use use = land.around(address);
        Use right =
                use != null && use.start() == address && (ofZone ? zone.equals(use.zone()) : type.equals(use.type()))
                        ? use
                        : null;
        if (address == 0 || (right != null && right.bytes() == 0)) {
            return;
        }
        try {
            if (right != null) {
                rightUse(right);
                return;
            }
            call(door, address, 1 + random.nextInt(16), type, zone);
            wrong.add("missed at door " + door + ": " + describe(address, use));
        } catch (InvalidFree refused) {
            if (right != null || !isRight(refused.reason(), address, use, ofZone)) {
                wrong.add(refused.reason() + " at door " + door + " of " + describe(address, use));
            }
        } catch (RuntimeException | Error thrown) {
            wrong.add(thrown + " at door " + door + " of " + describe(address, use));
        }
    }

    /** Checks that the right address of a block is accepted, by its usable size. An item of a zone is not checked. */
    private void rightUse(Use use) {
        MallocType type = use.type();
        if (type != null && land.kernel().rawMalloc().usableSize(use.start(), type) != use.bytes()) {
            wrong.add("another size: " + use);
        }
    }

    private void call(int door, long address, long bytes, MallocType type, Zone zone) {
        RawMalloc raw = land.kernel().rawMalloc();
        Malloc malloc = land.kernel().malloc();
        MemorySegment view = MemorySegment.ofAddress(address).reinterpret(bytes);
        switch (door) {
            case 0 -> raw.free(address, type);
            case 1 -> raw.zfree(address, type);
            case 2 -> raw.realloc(address, bytes, type, M_NOWAIT);
            case 3 -> raw.reallocf(address, bytes, type, M_NOWAIT);
            case 4 -> raw.usableSize(address, type);
            case 5 -> raw.contigfree(address, bytes, type);
            case 6 -> malloc.free(view, type);
            case 7 -> malloc.zfree(view, type);
            case 8 -> malloc.realloc(view, bytes, type, M_NOWAIT);
            case 9 -> malloc.usableSize(view, type);
            case 10 -> zone.raw().zfree(address);
            default -> zone.zfree(view);
        }
    }

    /**
     * Returns whether a refusal has the reason that follows from the list of places. Several reasons are right for an address that is not
     * on the list.
     */
    private boolean isRight(Reason reason, long address, @Nullable Use use, boolean ofZone) {
        if (!isInMap(address)) {
            return reason == (land.isGuards(address) ? amongGuards(address, use, ofZone) : Reason.FOREIGN);
        }
        if (use == null) {
            return switch (reason) {
                case FOREIGN, INTERIOR, DOUBLE_FREE -> true;
                case WRONG_TYPE -> land.isKernels(address);
                default -> false;
            };
        }
        if (use.start() != address) {
            return reason == Reason.INTERIOR;
        }
        return reason
                == switch (use.kind()) {
                    case LEFT -> Reason.REVOKED;
                    case KEPT -> ofZone ? Reason.FOREIGN : Reason.DOUBLE_FREE;
                    default -> ofZone && use.zone() != null ? Reason.WRONG_ZONE : Reason.WRONG_TYPE;
                };
    }

    /** Returns the only right reason for an address in MemGuard's range. */
    private static Reason amongGuards(long address, @Nullable Use use, boolean ofZone) {
        if (use == null) {
            return Reason.FOREIGN;
        }
        if (use.kind() == Landscape.Kind.HOLE) {
            return use.start() == address && !ofZone ? Reason.DOUBLE_FREE : Reason.FOREIGN;
        }
        return use.start() == address ? Reason.WRONG_TYPE : Reason.INTERIOR;
    }

    private boolean isInMap(long address) {
        return Long.compareUnsigned(address - land.base(), land.size()) < 0;
    }

    private void account() {
        if (!land.isWhole()) {
            wrong.add("a block does not hold the bytes that were written to it");
        }
        Map<String, Long> inUse = new TreeMap<>();
        land.kernel().runtime().types().forEach(type -> inUse.put(type.name(), type.inUse()));
        for (MallocType type : Landscape.TYPES) {
            expect(type.name(), land.count(type), inUse.getOrDefault(type.name(), -1L));
        }
        for (ZoneStats stats : land.kernel().runtime().zones()) {
            land.zones().stream()
                    .filter(zone -> zone.name().equals(stats.name()))
                    .forEach(zone -> expect(zone.name(), land.count(zone), stats.used()));
        }
    }

    private void expect(String what, long expected, long found) {
        if (expected != found) {
            wrong.add(what + " in use: expected " + expected + ", found " + found);
        }
    }

    private static String describe(long address, @Nullable Use use) {
        return "0x" + Long.toHexString(address) + (use == null ? "" : ", in " + use);
    }
}
