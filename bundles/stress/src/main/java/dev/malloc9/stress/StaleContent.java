package dev.malloc9.stress;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.LoadableKernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A test for former content in new blocks. Modules fill their blocks with a secret byte. Then they free them, resize them, or stop and
 * leave them. Every byte of a new block, and every byte that a resize adds, is inspected: a byte other than 0x70 and 0 is former content.
 */
public final class StaleContent {

    /** The number of bytes that a full run inspects. */
    public static final long FULL = 1_000_000_000;

    @MallocDefine(name = "first")
    private static final MallocType M_FIRST = MallocType.define();

    @MallocDefine(name = "second")
    private static final MallocType M_SECOND = MallocType.define();

    private static final List<MallocType> TYPES = List.of(M_FIRST, M_SECOND);

    private static final byte SECRET = (byte) 0xa5;
    private static final int FRESH = 0x70;

    /** The size of the map in bytes, so small that memory changes its owner often. */
    private static final long MAP = 16L << 20;

    private static final long QUARANTINE = 256 << 10;
    private static final int HELD = 100;
    private static final int LARGEST = 100_000;

    private final LoadableKernel loader = new LoadableKernel(new Tunables(MAP));
    private final Kernel kernel = loader.kernel();
    private final Random random;
    private final Owner[] owners = new Owner[TYPES.size()];
    private final List<List<MemorySegment>> held = List.of(new ArrayList<>(), new ArrayList<>());
    private final byte[] fresh = new byte[LARGEST];
    private final byte[] zeroes = new byte[LARGEST];
    private long looked;
    private long former;
    private long stops;

    private StaleContent(Level level, long seed) {
        this.random = new Random(seed);
        Arrays.fill(fresh, (byte) FRESH);
        kernel.operator().level(level);
        kernel.sysctl().writeText("vm.malloc.quarantine", Long.toString(QUARANTINE));
        kernel.sysctl().writeText("vm.malloc.sites", "0");
    }

    /**
     * The result of a run.
     *
     * @param looked the number of bytes inspected, which were new to the module that got them
     * @param former the number of these bytes that were neither 0x70 nor 0
     * @param stops the number of stops of modules, each of which left all the blocks that it held
     */
    public record Outcome(long looked, long former, long stops) {

        @Override
        public String toString() {
            return former + " former bytes in " + looked + ", " + stops + " stops of modules among them";
        }
    }

    /**
     * Boots a kernel, and inspects at least that many bytes of new blocks.
     *
     * @param level the level of checks at which the kernel runs
     * @param seed the seed of all random decisions
     */
    public static Outcome run(long bytes, Level level, long seed) {
        StaleContent former = new StaleContent(level, seed);
        try (LoadableKernel loaded = former.loader) {
            for (int module = 0; module < TYPES.size(); module++) {
                former.load(loaded, module);
            }
            while (former.looked < bytes) {
                former.step();
            }
            return new Outcome(former.looked, former.former, former.stops);
        }
    }

    private void load(LoadableKernel into, int module) {
        MallocType type = TYPES.get(module);
        owners[module] = into.load(new ModuleId(type.name(), "1", module + 1), List.of(type));
    }

    private void step() {
        int module = random.nextInt(TYPES.size());
        MallocType type = TYPES.get(module);
        List<MemorySegment> mine = held.get(module);
        int dice = random.nextInt(1000);
        if (dice == 0) {
            loader.unload(owners[module]);
            mine.clear();
            stops++;
            load(loader, module);
        } else if (mine.size() >= HELD || (dice < 400 && !mine.isEmpty())) {
            kernel.malloc().free(mine.remove(random.nextInt(mine.size())), type);
        } else if (dice < 450 && !mine.isEmpty()) {
            MemorySegment old = mine.remove(random.nextInt(mine.size()));
            long kept = old.byteSize();
            add(mine, kernel.malloc().realloc(old, 1 + random.nextInt(LARGEST), type, M_WAITOK), kept);
        } else {
            int size = 1 + random.nextInt(random.nextInt(20) == 0 ? LARGEST : 4096);
            add(mine, kernel.malloc().malloc(size, type, random.nextBoolean() ? M_WAITOK : M_WAITOK | M_ZERO), 0);
        }
    }

    private void add(List<MemorySegment> mine, MemorySegment block, long kept) {
        if (kept < block.byteSize()) {
            look(block.asSlice(kept));
        }
        block.fill(SECRET);
        mine.add(block);
    }

    private void look(MemorySegment given) {
        looked += given.byteSize();
        if (isAll(given, fresh) || isAll(given, zeroes)) {
            return;
        }
        for (long at = 0; at < given.byteSize(); at++) {
            byte found = given.get(ValueLayout.JAVA_BYTE, at);
            former += found == 0 || found == FRESH ? 0 : 1;
        }
    }

    private static boolean isAll(MemorySegment given, byte[] wanted) {
        return MemorySegment.mismatch(given, 0, given.byteSize(), MemorySegment.ofArray(wanted), 0, given.byteSize())
                < 0;
    }
}
