package dev.malloc9.stress.kill;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.kernel.LoadableKernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.malloc.type.Owner;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * The program that is killed. Its threads allocate and free blocks of a shared type and pass them on to each other. The first four threads
 * also load and unload modules with types of their own. The program records its {@link Truth}, and runs until it is killed or its parent
 * has ended.
 */
public final class Victim {

    static final String SHARED = "shared";

    /** The names of the threads' own types. Further threads use the shared type only. */
    static final List<String> OWN = List.of("own-0", "own-1", "own-2", "own-3");

    private static final long MAP = 512L << 20;
    private static final long SMALL = 8 << 10;
    private static final long LARGE = 200_000;
    private static final int LIVE = 16;
    private static final int PASSED_ON = 64;
    private static final int LIFE = 40;

    @MallocDefine(name = "shared")
    private static final MallocType M_SHARED = MallocType.define();

    @MallocDefine(name = "own-0")
    private static final MallocType M_OWN_0 = MallocType.define();

    @MallocDefine(name = "own-1")
    private static final MallocType M_OWN_1 = MallocType.define();

    @MallocDefine(name = "own-2")
    private static final MallocType M_OWN_2 = MallocType.define();

    @MallocDefine(name = "own-3")
    private static final MallocType M_OWN_3 = MallocType.define();

    private static final List<MallocType> M_OWN = List.of(M_OWN_0, M_OWN_1, M_OWN_2, M_OWN_3);

    private final LoadableKernel loader;
    private final Malloc malloc;
    private final Truth truth;
    private final Queue<MemorySegment> passedOn = new ConcurrentLinkedQueue<>();

    private Victim(LoadableKernel loader, Truth truth) {
        this.loader = loader;
        this.malloc = loader.kernel().malloc();
        this.truth = truth;
        loader.load(new ModuleId(SHARED, "1", 0), List.of(M_SHARED));
    }

    /**
     * Starts the threads, and prints "running" once each has done two rounds. If a thread fails, the program ends with 1.
     *
     * @param arguments the statistics file, the file of the truth, the number of threads, the seed
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int threads = Integer.parseInt(arguments[2]);
        Truth truth = Truth.in(Path.of(arguments[1]), threads);
        Victim victim = new Victim(new LoadableKernel(new Tunables(MAP).withStatsFile(arguments[0])), truth);
        CountDownLatch warm = new CountDownLatch(threads);
        for (int thread = 0; thread < threads; thread++) {
            int number = thread;
            Random random = new Random(Long.parseLong(arguments[3]) * threads + thread);
            Thread.ofPlatform().daemon().start(() -> victim.work(number, random, warm));
        }
        warm.await();
        System.out.println("running");
        // The parent keeps its end of the stream open as long as it lives.
        System.exit(System.in.read());
    }

    private void work(int thread, Random random, CountDownLatch warm) {
        try {
            ArrayDeque<MemorySegment> blocks = new ArrayDeque<>();
            for (int round = 0; ; round++) {
                if (thread < OWN.size()) {
                    live(thread, random);
                }
                for (int i = 0; i < LIFE; i++) {
                    share(thread, random, blocks);
                }
                if (round == 1) {
                    warm.countDown();
                }
            }
        } catch (Throwable wrong) {
            wrong.printStackTrace();
            System.exit(1);
        }
    }

    private void share(int thread, Random random, ArrayDeque<MemorySegment> blocks) {
        MemorySegment other = random.nextInt(4) == 0 ? passedOn.poll() : null;
        if (other != null) {
            free(thread, true, other, M_SHARED);
        }
        if (blocks.size() > random.nextInt(LIVE)) {
            MemorySegment block = blocks.removeFirst();
            if (random.nextInt(4) == 0 && passedOn.size() < PASSED_ON) {
                passedOn.add(block);
            } else {
                free(thread, true, block, M_SHARED);
            }
        } else {
            blocks.addLast(allocate(thread, true, random, M_SHARED));
        }
    }

    /** Loads a module with the thread's own type, allocates and frees, and unloads the module. About one block of eight is not freed. */
    private void live(int thread, Random random) {
        MallocType type = M_OWN.get(thread);
        truth.clear(thread);
        truth.phase(thread, Truth.COMING);
        Owner owner = loader.load(new ModuleId(OWN.get(thread), "1", thread), List.of(type));
        truth.phase(thread, Truth.HERE);
        for (int i = 0; i < random.nextInt(LIFE); i++) {
            MemorySegment block = allocate(thread, false, random, type);
            if (random.nextInt(8) != 0) {
                free(thread, false, block, type);
            }
        }
        truth.phase(thread, Truth.GOING);
        loader.unload(owner);
        truth.phase(thread, Truth.GONE);
    }

    private MemorySegment allocate(int thread, boolean shared, Random random, MallocType type) {
        long bytes = random.nextLong(random.nextInt(50) == 0 ? LARGE : SMALL);
        truth.begin(thread, shared, Truth.MEMALLOCED, malloc.mallocSize(bytes));
        truth.begin(thread, shared, Truth.NUMALLOCS, 1);
        MemorySegment block = malloc.malloc(bytes, type, M_WAITOK);
        truth.end(thread, shared, Truth.MEMALLOCED);
        truth.end(thread, shared, Truth.NUMALLOCS);
        return block;
    }

    private void free(int thread, boolean shared, MemorySegment block, MallocType type) {
        truth.begin(thread, shared, Truth.MEMFREED, malloc.mallocSize(block.byteSize()));
        truth.begin(thread, shared, Truth.NUMFREES, 1);
        malloc.free(block, type);
        truth.end(thread, shared, Truth.MEMFREED);
        truth.end(thread, shared, Truth.NUMFREES);
    }
}
