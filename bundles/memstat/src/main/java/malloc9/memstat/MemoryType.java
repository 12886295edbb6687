package malloc9.memstat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A memory type is what an allocator keeps statistics of: a malloc type, or a zone.
 *
 * <p>Its figures are those of the last reading of its list. The fields for callers stay from one reading to the next. Counters are
 * unsigned, {@link #bytes()} and {@link #count()} are differences that a reader who raced with the allocator may see below
 * zero. Like its list it belongs to one thread at a time.
 */
public final class MemoryType {

    /**
     * The most CPUs that a stream may have records of (MEMSTAT_MAXCPU): 32 in libmemstat of FreeBSD 9.0. Later kernels write
     * their MAXCPU records, up to 1,024 in FreeBSD 15.
     */
    public static final int MAXCPU = 4096;

    /** The fields for callers, of each kind (MEMSTAT_MAXCALLER). */
    public static final int MAXCALLER = 16;

    /** The longest name in bytes, with its end (MEMTYPE_MAXNAME). */
    public static final int MAXNAME = 32;

    private final Allocator allocator;
    private final String name;
    private final CallerFields caller = new CallerFields();
    private final Map<Integer, CallerFields> percpuCaller = new HashMap<>();
    private Figures figures;

    /** The list's. */
    @Nullable
    MemoryType next;

    MemoryType(Allocator allocator, Sample sample) {
        this.allocator = allocator;
        this.name = sample.name();
        this.figures = sample.figures();
    }

    void update(Figures latest) {
        figures = latest;
    }

    /** A name as the streams carry it: at most 31 bytes of UTF-8, and no part of a character. */
    public static String cut(String name) {
        return Name.cut(name);
    }

    /** The name, as its owner wrote it: who prints it escapes it. */
    public String name() {
        return name;
    }

    /** Whose. */
    public Allocator allocator() {
        return allocator;
    }

    /** Most items, of a zone with a limit; else 0. */
    public long countlimit() {
        return figures.countlimit();
    }

    /** Most bytes, of a zone with a limit; else 0. */
    public long byteslimit() {
        return figures.countlimit() * figures.size();
    }

    /** Of a malloc type: bit i says that a size class above {@code 8 << i} and up to {@code 16 << i} bytes was asked for. */
    public long sizemask() {
        return figures.all().sizemask();
    }

    /** The size of a zone's items as it was asked for, in bytes; 0 for a malloc type. */
    public long size() {
        return figures.size();
    }

    /** The size of a zone's items as they lie in its slabs, in bytes; 0 for a malloc type. */
    public long rsize() {
        return figures.rsize();
    }

    /** Bytes handed out so far. */
    public long memalloced() {
        return figures.all().memalloced();
    }

    /** Bytes given back so far. */
    public long memfreed() {
        return figures.all().memfreed();
    }

    /** Allocations so far. */
    public long numallocs() {
        return figures.all().numallocs();
    }

    /** Frees so far. */
    public long numfrees() {
        return figures.all().numfrees();
    }

    /** Bytes in use. */
    public long bytes() {
        return memalloced() - memfreed();
    }

    /** Blocks or items in use. */
    public long count() {
        return numallocs() - numfrees();
    }

    /** Items of a zone that are at hand: cached, in the zone's buckets, and in its keg's slabs unless the zone is secondary. */
    public long free() {
        return figures.all().free() + figures.zonefree() + figures.kegfree();
    }

    /** Requests that a zone could not serve. */
    public long failures() {
        return figures.failures();
    }

    /** Requests that waited for a zone. */
    public long sleeps() {
        return figures.sleeps();
    }

    /** Items in full buckets of a zone. */
    public long zonefree() {
        return figures.zonefree();
    }

    /** Free items in the slabs of a zone's keg; 0 for a secondary zone, whose primary has them. */
    public long kegfree() {
        return figures.kegfree();
    }

    /** Bytes handed out on a CPU. */
    public long percpuMemalloced(int cpu) {
        return figures.on(cpu).memalloced();
    }

    /** Bytes given back on a CPU, wherever they were handed out. */
    public long percpuMemfreed(int cpu) {
        return figures.on(cpu).memfreed();
    }

    /** Allocations on a CPU. */
    public long percpuNumallocs(int cpu) {
        return figures.on(cpu).numallocs();
    }

    /** Frees on a CPU. */
    public long percpuNumfrees(int cpu) {
        return figures.on(cpu).numfrees();
    }

    /** As {@link #sizemask()}, on a CPU. */
    public long percpuSizemask(int cpu) {
        return figures.on(cpu).sizemask();
    }

    /** Items in a CPU's cache. */
    public long percpuFree(int cpu) {
        return figures.on(cpu).free();
    }

    /** An object that the caller left here; null at first. */
    public @Nullable Object callerPointer(int index) {
        return caller.pointer(index);
    }

    /** Leaves an object here. */
    public void callerPointer(int index, @Nullable Object value) {
        caller.pointer(index, value);
    }

    /** A number that the caller left here; 0 at first. */
    public long callerUint64(int index) {
        return caller.number(index);
    }

    /** Leaves a number here. */
    public void callerUint64(int index, long value) {
        caller.number(index, value);
    }

    /** As {@link #callerPointer(int)}, for a CPU. */
    public @Nullable Object percpuCallerPointer(int cpu, int index) {
        return percpuCaller(cpu).pointer(index);
    }

    /** As {@link #callerPointer(int, Object)}, for a CPU. */
    public void percpuCallerPointer(int cpu, int index, @Nullable Object value) {
        percpuCaller(cpu).pointer(index, value);
    }

    /** As {@link #callerUint64(int)}, for a CPU. */
    public long percpuCallerUint64(int cpu, int index) {
        return percpuCaller(cpu).number(index);
    }

    /** As {@link #callerUint64(int, long)}, for a CPU. */
    public void percpuCallerUint64(int cpu, int index, long value) {
        percpuCaller(cpu).number(index, value);
    }

    private CallerFields percpuCaller(int cpu) {
        return percpuCaller.computeIfAbsent(Objects.checkIndex(cpu, MAXCPU), index -> new CallerFields());
    }

    @Override
    public String toString() {
        return allocator + ":" + name;
    }
}
