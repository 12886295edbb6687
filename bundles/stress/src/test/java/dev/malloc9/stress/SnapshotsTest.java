package dev.malloc9.stress;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.kernel.LoadableKernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.memstat.Allocator;
import dev.malloc9.memstat.KnobFailed;
import dev.malloc9.memstat.Knobs;
import dev.malloc9.memstat.MemoryType;
import dev.malloc9.memstat.MemoryTypeList;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests that snapshots of memstat are consistent while the kernel is under load and modules are loaded and unloaded. */
@Tag("slow")
class SnapshotsTest {

    private static final int SNAPSHOTS = 1_000;

    /** The number of blocks that stay in the queue, so that a thread frees mostly blocks of another thread. */
    private static final int PASSED_ON = 100;

    @MallocDefine(name = "load")
    private static final MallocType M_LOAD = MallocType.define();

    @MallocDefine(name = "coming")
    private static final MallocType M_COMING = MallocType.define();

    @MallocDefine(name = "going")
    private static final MallocType M_GOING = MallocType.define();

    /** The addresses of allocated blocks. The thread that frees a block is mostly not the one that allocated it. */
    private final BlockingQueue<Long> passedOn = new LinkedBlockingQueue<>();

    private volatile boolean working = true;

    /** The number of snapshots so far. Guarded by {@code this}. */
    private int taken;

    @Test
    void snapshotsUnderLoadParseAndAreNotNegative() throws Exception {
        try (LoadableKernel loader = new LoadableKernel(new Tunables(64L << 20));
                ExecutorService threads = Executors.newCachedThreadPool()) {
            loader.load(new ModuleId("load", "1", 1), List.of(M_LOAD));
            List<Future<Long>> workers = new ArrayList<>();
            for (int seed = 0; seed < 2; seed++) {
                workers.add(threads.submit(worker(loader.kernel().rawMalloc(), seed)));
            }
            Future<Long> modules = threads.submit(() -> comeAndGo(loader));
            Knobs knobs = new Live(loader.kernel().sysctl());
            int there = 0;
            try {
                for (int i = 0; i < SNAPSHOTS; i++) {
                    MemoryTypeList list = MemoryTypeList.alloc();
                    list.sysctlAll(knobs);
                    tellTaken();
                    assertThat(list).allSatisfy(SnapshotsTest::isNotNegative);
                    assertThat(list.find(Allocator.MALLOC, "load")).isNotNull();
                    there += list.find(Allocator.MALLOC, "coming") == null ? 0 : 1;
                }
            } finally {
                working = false;
                tellTaken();
            }
            long live = 0;
            for (Future<Long> worker : workers) {
                live += worker.get();
            }
            assertThat(modules.get()).as("modules that came and went").isGreaterThan(10);
            assertThat(there).as("times that one was seen").isBetween(1, SNAPSHOTS - 1);
            MemoryTypeList list = MemoryTypeList.alloc();
            list.sysctlMalloc(knobs);
            MemoryType load = list.find(Allocator.MALLOC, "load");
            assertThat(load).isNotNull().extracting(MemoryType::count).isEqualTo(live);
        }
    }

    private static void isNotNegative(MemoryType type) {
        assertThat(type.count()).as("blocks of %s", type).isNotNegative();
        assertThat(type.bytes()).as("bytes of %s", type).isNotNegative();
        assertThat(type.free()).as("free items of %s", type).isNotNegative();
    }

    /**
     * Returns a task that allocates and frees blocks until the test ends. Its result is the number of allocations minus frees, which may be
     * negative.
     */
    private Callable<Long> worker(RawMalloc malloc, int seed) {
        return () -> {
            SplittableRandom random = new SplittableRandom(seed);
            long live = 0;
            while (working) {
                passedOn.add(malloc.malloc(1 + random.nextInt(2_000), M_LOAD, M_WAITOK));
                live++;
                while (passedOn.size() > PASSED_ON) {
                    malloc.free(passedOn.take(), M_LOAD);
                    live--;
                }
            }
            return live;
        };
    }

    /**
     * Loads and unloads modules, and returns their number. Every second module stays loaded, and then unloaded, during a whole snapshot.
     * Some snapshots therefore show the module and some do not.
     */
    private long comeAndGo(LoadableKernel loader) throws InterruptedException {
        long lives = 0;
        while (working) {
            Owner owner = loader.load(new ModuleId("visitor", "1", 2), List.of(M_COMING, M_GOING));
            loader.kernel().rawMalloc().malloc(64, M_COMING, M_WAITOK);
            if (lives % 2 == 0) {
                awaitSnapshot();
            }
            loader.unload(owner);
            if (lives % 2 == 0) {
                awaitSnapshot();
            }
            lives++;
        }
        return lives;
    }

    private synchronized void tellTaken() {
        taken++;
        notifyAll();
    }

    /** Waits until a snapshot is complete that began after this call. Returns at once after the end of the test. */
    private synchronized void awaitSnapshot() throws InterruptedException {
        int whole = taken + 2;
        while (working && taken < whole) {
            wait();
        }
    }

    /** A kernel whose knobs are read as the shell reads them. */
    private record Live(Sysctl sysctl) implements Knobs {
        @Override
        public int read(String name, byte[] room) throws KnobFailed {
            try {
                return sysctl.read(name, room);
            } catch (SysctlFailed e) {
                throw new KnobFailed(
                        e.errno() == Errno.ENOMEM ? KnobFailed.Errno.ENOMEM : KnobFailed.Errno.OTHER, name);
            }
        }
    }
}
