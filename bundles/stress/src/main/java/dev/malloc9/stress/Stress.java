package dev.malloc9.stress;

import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.LoadableKernel;
import dev.malloc9.kernel.Tunables;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A run of the stress: boots a kernel, starts threads that use it, and compares their counts with the kernel's at the end. */
final class Stress {

    @MallocDefine(name = "stress-a")
    private static final MallocType M_A = MallocType.define();

    @MallocDefine(name = "stress-b")
    private static final MallocType M_B = MallocType.define();

    private static final List<MallocType> TYPES = List.of(M_A, M_B);

    /** The time after which a thread that is waited for counts as stuck. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final long PAUSE_NANOS = 500_000;

    /** The largest number of errors that are reported. */
    private static final int TOLD = 20;

    private final Form form;
    private final long seed;
    private final LoadableKernel loader;
    private final RawMalloc raw;
    private final Shadow shadow;
    private final List<Source> sources = new ArrayList<>();
    private final List<Zone> zones = new ArrayList<>();
    private final ConcurrentMap<Source, Tally> tallies = new ConcurrentHashMap<>();
    private final Queue<Block> passedOn = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final TransientModule visitor;
    private volatile boolean working = true;
    private long reclaims;

    private Stress(Form form, long seed, LoadableKernel loader) {
        this.form = form;
        this.seed = seed;
        this.loader = loader;
        Kernel kernel = loader.kernel();
        this.raw = kernel.rawMalloc();
        this.shadow = new Shadow(kernel.runtime().kernelMap().size());
        this.visitor = new TransientModule(loader);
        for (MallocType type : TYPES) {
            sources.add(new Sources.Segments(kernel.malloc(), type));
            sources.add(new Sources.Addresses(raw, type));
        }
        for (long size : new long[] {48, 256, 3000}) {
            zones.add(kernel.zones().zcreate(ZoneRequest.of("stress" + size, size, M_A)));
        }
        zones.forEach(zone -> sources.add(new Sources.Items(zone)));
        sources.forEach(source -> tallies.put(source, new Tally()));
    }

    /**
     * Boots a kernel and runs the stress on it.
     *
     * @param seed the seed of the threads' random decisions
     */
    static Account run(Form form, long seed) throws InterruptedException {
        try (LoadableKernel loader = new LoadableKernel(new Tunables(form.mapBytes()))) {
            loader.load(new ModuleId("stress", "1", 0), TYPES);
            return new Stress(form, seed, loader).run();
        }
    }

    Form form() {
        return form;
    }

    List<Source> sources() {
        return sources;
    }

    TransientModule visitor() {
        return visitor;
    }

    void wrong(String what) {
        wrong.add(what);
    }

    void passOn(Block block) {
        passedOn.add(block);
    }

    @Nullable
    Block takeOver() {
        return passedOn.poll();
    }

    /**
     * Allocates a block, marks it in the shadow and fills it. Reports an error if the block overlaps another, or is not zero with M_ZERO.
     * Returns null if the source has returned none.
     */
    @Nullable
    Block allocate(Source source, long size, long flags, long identity) {
        MemorySegment bytes = source.allocate(size, flags);
        if (bytes == null) {
            return null;
        }
        tally(source).allocs().increment();
        Block block = new Block(source, new Pattern(bytes, identity));
        cover(block);
        if ((flags & M_ZERO) != 0 && !block.pattern().isZero()) {
            wrong("not zero: " + block);
        }
        block.pattern().fill();
        return block;
    }

    /**
     * Resizes a block, checks that its content was kept, and fills it again. The old range is uncovered first: once the block moves,
     * another thread may get that range.
     */
    Block resize(Block block, long size) {
        Source source = block.source();
        MemorySegment old = block.pattern().bytes();
        check(block);
        uncover(block);
        MemorySegment bytes = source.resize(old, size);
        if (bytes.address() != old.address()) {
            tally(source).allocs().increment();
            tally(source).frees().increment();
        }
        Block resized = new Block(source, new Pattern(bytes, block.pattern().identity()));
        cover(resized);
        long common = Math.min(old.byteSize(), bytes.byteSize()) & -Long.BYTES;
        if (!resized.pattern().holds(common)) {
            wrong("lost in realloc: " + resized);
        }
        resized.pattern().fill();
        return resized;
    }

    /** Checks that a block holds its pattern, and frees it. */
    void free(Block block) {
        check(block);
        uncover(block);
        block.source().free(block.pattern().bytes());
        tally(block.source()).frees().increment();
    }

    private Account run() throws InterruptedException {
        Kernel kernel = loader.kernel();
        kernel.zones().reclaim();
        long used = kernel.runtime().kernelMap().used();
        Thread reclaimer = Thread.ofPlatform().name("reclaimer").start(this::reclaim);
        Thread loading = Thread.ofPlatform().name("loader").start(this::load);
        List<Thread> threads = new ArrayList<>();
        Random seeds = new Random(seed);
        for (int number = 0; number < form.threads(); number++) {
            long first = seeds.nextLong();
            boolean virtual = number % 4 == 3;
            threads.add(Thread.ofPlatform().name("lives of " + number).start(() -> lives(first, virtual)));
        }
        for (Thread thread : threads) {
            join(thread);
        }
        working = false;
        join(reclaimer);
        join(loading);
        for (Block block = passedOn.poll(); block != null; block = passedOn.poll()) {
            free(block);
        }
        settle(used);
        long allocs = tallies.values().stream()
                .mapToLong(tally -> tally.allocs().sum())
                .sum();
        return new Account(
                seed,
                allocs,
                reclaims,
                visitor.lives(),
                wrong.stream().limit(TOLD).toList());
    }

    /** Runs threads one after the other. Each thread ends with blocks that are still allocated. */
    private void lives(long first, boolean virtual) {
        Random seeds = new Random(first);
        for (int round = 0; round < form.rounds(); round += Form.ROUNDS_OF_A_LIFE) {
            Thread.Builder life = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
            join(life.start(new Worker(this, seeds.nextLong())));
        }
    }

    private void join(Thread thread) {
        try {
            if (!thread.join(PATIENCE)) {
                wrong("stuck: " + thread + " " + Arrays.toString(thread.getStackTrace()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            wrong("interrupted: " + thread);
        }
    }

    /** Reclaims the caches, and drains a zone, as long as the threads work. */
    private void reclaim() {
        try {
            while (working) {
                loader.kernel().zones().reclaim();
                zones.getFirst().drain();
                reclaims++;
                // Without a pause this thread would keep the other threads from the lock, which loading a module needs
                // too.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException | Error thrown) {
            wrong("reclaim: " + thrown);
        }
    }

    /** Loads and unloads a module as long as the threads work. */
    private void load() {
        try {
            while (working) {
                visitor.live();
            }
        } catch (InterruptedException | RuntimeException | Error thrown) {
            wrong("load: " + thrown);
        }
    }

    private void settle(long usedBefore) {
        for (MallocType type : TYPES) {
            TypeStats stats = stats(type);
            expect("allocs of " + type.name(), counted(type, Tally::allocs), stats.allocs());
            expect("frees of " + type.name(), counted(type, Tally::frees), stats.frees());
            expect("live blocks of " + type.name(), 0, stats.allocs() - stats.frees());
            expect("bytes of " + type.name(), 0, stats.allocated() - stats.freed());
        }
        for (Zone zone : zones) {
            Tally tally = tally(new Sources.Items(zone));
            ZoneStats stats = stats(zone);
            expect("requests of zone " + zone.name(), tally.allocs().sum(), stats.requests());
            expect("frees of zone " + zone.name(), tally.frees().sum(), stats.requests() - stats.used());
            expect("used of zone " + zone.name(), 0, stats.used());
        }
        expect("blocks that the visitor left", visitor.left(), visitor.leaked());
        expect("granules still covered", 0, shadow.covered());
        Kernel kernel = loader.kernel();
        kernel.zones().reclaim();
        // Blocks that the transient module left were revoked, and their memory is back in the map. The module allocates
        // nothing by address.
        expect(
                "bytes of the map in use",
                usedBefore,
                kernel.runtime().kernelMap().used());
        expect("bytes in quarantine", 0, kernel.runtime().kernelMap().quarantined());
        kernel.runtime().panics().stream()
                .filter(panic -> !panic.who().name().equals(TransientModule.NAME))
                .forEach(panic -> wrong(panic.message()));
    }

    private void expect(String what, long expected, long found) {
        if (expected != found) {
            wrong(what + ": expected " + expected + ", found " + found);
        }
    }

    private TypeStats stats(MallocType type) {
        return loader.kernel().runtime().types().stream()
                .filter(stats -> stats.name().equals(type.name()))
                .findFirst()
                .orElseThrow();
    }

    private ZoneStats stats(Zone zone) {
        return loader.kernel().runtime().zones().stream()
                .filter(stats -> stats.name().equals(zone.name()))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the number that the threads counted for a type, by segment and by address. */
    private long counted(MallocType type, Function<Tally, LongAdder> column) {
        Kernel kernel = loader.kernel();
        return Stream.of(new Sources.Segments(kernel.malloc(), type), new Sources.Addresses(raw, type))
                .mapToLong(source -> column.apply(tally(source)).sum())
                .sum();
    }

    private Tally tally(Source source) {
        return Objects.requireNonNull(tallies.get(source));
    }

    private void cover(Block block) {
        MemorySegment bytes = block.pattern().bytes();
        if (!shadow.cover(raw.vtophys(bytes.address()), block.source().usable(bytes))) {
            wrong("overlaps another: " + block);
        }
    }

    private void uncover(Block block) {
        MemorySegment bytes = block.pattern().bytes();
        if (!shadow.uncover(raw.vtophys(bytes.address()), block.source().usable(bytes))) {
            wrong("was not all its own: " + block);
        }
    }

    private void check(Block block) {
        if (!block.pattern().holds()) {
            wrong("overwritten: " + block);
        }
    }
}
