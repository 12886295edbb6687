package malloc9.stress;

import static malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.api.raw.RawMalloc;
import malloc9.api.runtime.ModuleId;
import malloc9.api.sysctl.Errno;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.sysctl.SysctlFailed;
import malloc9.kernel.LoadableKernel;
import malloc9.kernel.Tunables;
import malloc9.malloc.type.Owner;
import malloc9.memstat.Allocator;
import malloc9.memstat.KnobFailed;
import malloc9.memstat.Knobs;
import malloc9.memstat.MemoryType;
import malloc9.memstat.MemoryTypeList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What memstat reads of a kernel that is never at rest. */
@Tag("slow")
class SnapshotsTest {

    private static final int SNAPSHOTS = 1_000;

    /** Blocks that a thread leaves to the others. */
    private static final int PASSED_ON = 100;

    @MallocDefine(name = "load")
    private static final MallocType M_LOAD = MallocType.define();

    @MallocDefine(name = "coming")
    private static final MallocType M_COMING = MallocType.define();

    @MallocDefine(name = "going")
    private static final MallocType M_GOING = MallocType.define();

    /** Addresses that one thread allocated and another frees. */
    private final BlockingQueue<Long> passedOn = new LinkedBlockingQueue<>();

    private volatile boolean working = true;

    /** Snapshots so far. Guarded by this. */
    private int taken;

    @Test
    void aThousandUnderLoadParseAndNoneIsNegative() throws Exception {
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

    /** Returns how many blocks it has allocated more than freed. */
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

    /** Every second visitor stays for a whole snapshot, and so is missed. */
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

    /** Waits until a snapshot has been made that had not begun yet. */
    private synchronized void awaitSnapshot() throws InterruptedException {
        int whole = taken + 2;
        while (working && taken < whole) {
            wait();
        }
    }

    /** As the shell reads. */
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
