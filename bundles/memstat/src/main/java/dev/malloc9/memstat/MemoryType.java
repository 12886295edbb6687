package dev.malloc9.memstat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A memory type: a malloc type or a zone, for which an allocator keeps statistics.
 *
 * <p>The figures come from the last reading in which the type was in its list. The fields for callers keep their values from one
 * reading to the next. Counters are unsigned. {@link #bytes()} and {@link #count()} are differences of counters, and may be
 * negative if the reading raced with the allocator, or if another allocator has reported wrong figures. A type belongs to one
 * thread at a time, like its list.
 *
 * <p>The methods with a CPU throw {@link IndexOutOfBoundsException} if the CPU is not 0 to {@link #MAXCPU} - 1. So do the methods
 * with a field of the caller if the index is not 0 to {@link #MAXCALLER} - 1. For a CPU without record in the stream, counters are
 * 0.
 */
public final class MemoryType {

    /**
     * The largest number of CPUs for which a stream may have records (MEMSTAT_MAXCPU). In libmemstat of FreeBSD 9.0 it is 32. Later
     * kernels write MAXCPU records, up to 1,024 in FreeBSD 15.
     */
    public static final int MAXCPU = 4096;

    /** The number of fields for callers, of each of the two kinds (MEMSTAT_MAXCALLER). */
    public static final int MAXCALLER = 16;

    /** The size of the longest name in bytes, with its terminating zero (MEMTYPE_MAXNAME). */
    public static final int MAXNAME = 32;

    private final Allocator allocator;
    private final String name;
    private final CallerFields caller = new CallerFields();
    private final Map<Integer, CallerFields> percpuCaller = new HashMap<>();
    private Figures figures;

    /** The next type in the list; null for the last one. Set by the list. */
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

    /**
     * {@return a name as the streams carry it: up to its first NUL, and at most 31 bytes of UTF-8} A character that would be cut is left
     * out.
     *
     * @param name the whole name, of any length
     */
    public static String cut(String name) {
        return Name.cut(name);
    }

    /**
     * {@return the name as the stream has it: as the type's owner wrote it, but cut as by {@link #cut}} A program that prints the name must
     * escape it.
     */
    public String name() {
        return name;
    }

    /** {@return the allocator to which the type belongs} */
    public Allocator allocator() {
        return allocator;
    }

    /** {@return the limit of a zone in items; 0 for a zone without limit and for a malloc type} */
    public long countlimit() {
        return figures.countlimit();
    }

    /** {@return the limit of a zone in bytes; 0 for a zone without limit and for a malloc type} */
    public long byteslimit() {
        return figures.countlimit() * figures.size();
    }

    /**
     * {@return the mask of requested size classes of a malloc type; 0 for a zone} Bit i stands for the size classes above {@code 8 << i}
     * and up to {@code 16 << i} bytes.
     */
    public long sizemask() {
        return figures.all().sizemask();
    }

    /** {@return the requested size of a zone's items in bytes; 0 for a malloc type} */
    public long size() {
        return figures.size();
    }

    /** {@return the size of a zone's items in its slabs, in bytes; 0 for a malloc type} */
    public long rsize() {
        return figures.rsize();
    }

    /** {@return the number of bytes allocated so far; for a zone {@link #numallocs()} times {@link #size()}} */
    public long memalloced() {
        return figures.all().memalloced();
    }

    /** {@return the number of bytes freed so far; for a zone {@link #numfrees()} times {@link #size()}} */
    public long memfreed() {
        return figures.all().memfreed();
    }

    /** {@return the number of allocations so far} */
    public long numallocs() {
        return figures.all().numallocs();
    }

    /** {@return the number of frees so far} */
    public long numfrees() {
        return figures.all().numfrees();
    }

    /** {@return the number of bytes in use, which may be negative after a race} */
    public long bytes() {
        return memalloced() - memfreed();
    }

    /** {@return the number of blocks or items in use, which may be negative after a race} */
    public long count() {
        return numallocs() - numfrees();
    }

    /**
     * {@return the number of free items of a zone; 0 for a malloc type} The items are in the CPUs' caches, in the zone's buckets, and in
     * its keg's slabs unless the zone is secondary.
     */
    public long free() {
        return figures.all().free() + figures.zonefree() + figures.kegfree();
    }

    /** {@return the number of requests that a zone could not serve; 0 for a malloc type} */
    public long failures() {
        return figures.failures();
    }

    /** {@return the number of waits at a zone's limit; 0 for a malloc type} */
    public long sleeps() {
        return figures.sleeps();
    }

    /** {@return the number of items in full buckets of a zone; 0 for a malloc type} */
    public long zonefree() {
        return figures.zonefree();
    }

    /**
     * {@return the number of free items in the slabs of a zone's keg; 0 for a malloc type and for a secondary zone} The primary zone counts
     * the keg's items.
     */
    public long kegfree() {
        return figures.kegfree();
    }

    /**
     * {@return the number of bytes allocated on a CPU}
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     */
    public long percpuMemalloced(int cpu) {
        return figures.on(cpu).memalloced();
    }

    /**
     * {@return the number of bytes freed on a CPU, independent of the CPU that allocated them}
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     */
    public long percpuMemfreed(int cpu) {
        return figures.on(cpu).memfreed();
    }

    /**
     * {@return the number of allocations on a CPU}
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     */
    public long percpuNumallocs(int cpu) {
        return figures.on(cpu).numallocs();
    }

    /**
     * {@return the number of frees on a CPU}
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     */
    public long percpuNumfrees(int cpu) {
        return figures.on(cpu).numfrees();
    }

    /**
     * {@return the mask of size classes that were requested on a CPU, like {@link #sizemask()}; 0 for a zone}
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     */
    public long percpuSizemask(int cpu) {
        return figures.on(cpu).sizemask();
    }

    /**
     * {@return the number of free items in a CPU's cache; 0 for a malloc type}
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     */
    public long percpuFree(int cpu) {
        return figures.on(cpu).free();
    }

    /**
     * {@return an object that the caller stored in this type; null at first}
     *
     * @param index the index of the field, 0 to {@link #MAXCALLER} - 1
     */
    public @Nullable Object callerPointer(int index) {
        return caller.pointer(index);
    }

    /**
     * Stores an object in a field for callers.
     *
     * @param index the index of the field, 0 to {@link #MAXCALLER} - 1
     * @param value the object; null clears the field
     */
    public void callerPointer(int index, @Nullable Object value) {
        caller.pointer(index, value);
    }

    /**
     * {@return a number that the caller stored in this type; 0 at first}
     *
     * @param index the index of the field, 0 to {@link #MAXCALLER} - 1
     */
    public long callerUint64(int index) {
        return caller.number(index);
    }

    /**
     * Stores a number in a field for callers.
     *
     * @param index the index of the field, 0 to {@link #MAXCALLER} - 1
     * @param value the number
     */
    public void callerUint64(int index, long value) {
        caller.number(index, value);
    }

    /**
     * {@return an object like {@link #callerPointer(int)}, from the fields of a CPU}
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     * @param index the index of the field, 0 to {@link #MAXCALLER} - 1
     */
    public @Nullable Object percpuCallerPointer(int cpu, int index) {
        return percpuCaller(cpu).pointer(index);
    }

    /**
     * Stores an object like {@link #callerPointer(int, Object)}, in the fields of a CPU.
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     * @param index the index of the field, 0 to {@link #MAXCALLER} - 1
     * @param value the object; null clears the field
     */
    public void percpuCallerPointer(int cpu, int index, @Nullable Object value) {
        percpuCaller(cpu).pointer(index, value);
    }

    /**
     * {@return a number like {@link #callerUint64(int)}, from the fields of a CPU}
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     * @param index the index of the field, 0 to {@link #MAXCALLER} - 1
     */
    public long percpuCallerUint64(int cpu, int index) {
        return percpuCaller(cpu).number(index);
    }

    /**
     * Stores a number like {@link #callerUint64(int, long)}, in the fields of a CPU.
     *
     * @param cpu the number of the CPU, 0 to {@link #MAXCPU} - 1
     * @param index the index of the field, 0 to {@link #MAXCALLER} - 1
     * @param value the number
     */
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
