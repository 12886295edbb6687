package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.FailureInfo;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.LimitInfo;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.PanicRecord;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.zone.ZoneRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Constructor;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that each wrong call is one error that names the value, and changes nothing. */
class BadInputTest extends KernelTest {

    private static final String MODULE = "dev.malloc9.malloc.KernelTest  (0)";

    private static final String GIVEN = ", given as type 'foo' of " + MODULE;

    private static final String OWNER = " of type 'foo' of " + MODULE;

    private final RawMalloc raw = kernel.rawMalloc();
    private final MemorySegment block = malloc.malloc(100, M_FOO, M_WAITOK);
    private final MemorySegment large = malloc.malloc(70_000, M_FOO, M_WAITOK);
    private final MemorySegment other = malloc.malloc(100, M_BAR, M_WAITOK);

    @BeforeEach
    void threeBlocksLive() {
        assertStats("foo", 2, 0, 73_856, 0, 8);
        assertStats("bar", 1, 0, 128, 0, 8);
    }

    @Test
    void negativeSizeIsRefused() {
        refused("malloc: size -1 for type 'foo' is negative", () -> malloc.malloc(-1, M_FOO, M_WAITOK));
        refused("malloc: size -1 for type 'foo' is negative", () -> malloc.malloc(-1, M_FOO, M_NOWAIT));
        refused(
                "malloc: size -9223372036854775808 for type 'foo' is negative",
                () -> raw.malloc(Long.MIN_VALUE, M_FOO, M_WAITOK));
        refused("realloc: size -2 for type 'foo' is negative", () -> malloc.realloc(block, -2, M_FOO, M_WAITOK));
        refused("realloc: size -2 for type 'foo' is negative", () -> raw.realloc(block.address(), -2, M_FOO, M_WAITOK));
    }

    @Test
    void reallocfOfAnImpossibleSizeFreesTheBlock() {
        long[] sizes = {-2, Long.MIN_VALUE, (64 << 20) + 1, Long.MAX_VALUE};
        long frees = 0;
        for (long size : sizes) {
            MemorySegment waiting = malloc.malloc(100, M_FOO, M_WAITOK);
            MemorySegment not = malloc.malloc(100, M_FOO, M_WAITOK);
            long byAddress = raw.malloc(100, M_FOO, M_WAITOK);
            String text = "realloc: size " + size + " for type 'foo' is ";
            assertThatThrownBy(() -> malloc.reallocf(waiting, size, M_FOO, M_WAITOK))
                    .isExactlyInstanceOf(InvalidRequest.class)
                    .hasMessageStartingWith(text);
            assertThatThrownBy(() -> malloc.reallocf(not, size, M_FOO, M_NOWAIT))
                    .isExactlyInstanceOf(InvalidRequest.class)
                    .hasMessageStartingWith(text);
            assertThatThrownBy(() -> raw.reallocf(byAddress, size, M_FOO, M_NOWAIT))
                    .isExactlyInstanceOf(InvalidRequest.class)
                    .hasMessageStartingWith(text);
            frees += 3;
            assertThat(stats("foo").frees()).isEqualTo(frees);
        }
    }

    @Test
    void typeWithoutDeclaringClassIsRefused() {
        MallocType forged = typeOf(null);
        MemorySegment foo = block;
        long address = block.address();
        refusedForged("malloc", () -> malloc.malloc(1, forged, M_WAITOK));
        refusedForged("malloc", () -> malloc.malloc(1, forged, M_NOWAIT));
        refusedForged("mallocarray", () -> malloc.mallocarray(1, 1, forged, M_WAITOK));
        refusedForged("malloc_aligned", () -> malloc.mallocAligned(1, 16, forged, M_NOWAIT));
        refusedForged("free", () -> malloc.free(foo, forged));
        refusedForged("zfree", () -> malloc.zfree(foo, forged));
        refusedForged("realloc", () -> malloc.realloc(foo, 200, forged, M_WAITOK));
        refusedForged("realloc", () -> malloc.reallocf(foo, -1, forged, M_NOWAIT));
        refusedForged("malloc_usable_size", () -> malloc.usableSize(foo, forged));
        refusedForged("contigmalloc", () -> malloc.contigmalloc(4096, forged, M_WAITOK, 0, -1, 0, 0));
        refusedForged("contigfree", () -> malloc.contigfree(foo, 4096, forged));
        refusedForged("malloc", () -> raw.malloc(1, forged, M_WAITOK));
        refusedForged("free", () -> raw.free(address, forged));
        refusedForged("zfree", () -> raw.zfree(address, forged));
        refusedForged("realloc", () -> raw.realloc(address, 200, forged, M_WAITOK));
        refusedForged("realloc", () -> raw.reallocf(address, 200, forged, M_WAITOK));
        refusedForged("malloc_usable_size", () -> raw.usableSize(address, forged));
        refusedForged("contigmalloc", () -> raw.contigmalloc(4096, forged, M_WAITOK, 0, -1, 0, 0));
        refusedForged("contigfree", () -> raw.contigfree(address, 4096, forged));
        refusedForged("malloc_type_allocated", () -> kernel.accounting().allocated(forged, 1));
        refusedForged("malloc_type_freed", () -> kernel.accounting().freed(forged, 1));
        refusedForged("uma_zcreate", () -> kernel.zones().zcreate(ZoneRequest.of("zone", 64, forged)));
        assertThat(forged).hasToString("MallocType[]");
    }

    private void refusedForged(String function, ThrowingCallable call) {
        refused(function + ": the declaring class of the type is null; MallocType.define() makes types", call);
    }

    /** Creates a type as reflection or a deserialiser would. */
    private static MallocType typeOf(@Nullable Class<?> declaringClass) {
        try {
            Constructor<MallocType> constructor = MallocType.class.getDeclaredConstructor(Class.class);
            constructor.setAccessible(true);
            return constructor.newInstance(declaringClass);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @Test
    void sizeAboveTheKernelMapIsRefused() {
        String above = " for type 'foo' is above the kernel map of 67108864 bytes";
        refused("malloc: size 67108865" + above, () -> malloc.malloc((64 << 20) + 1, M_FOO, M_WAITOK));
        refused("malloc: size 9223372036854775807" + above, () -> malloc.malloc(Long.MAX_VALUE, M_FOO, M_NOWAIT));
        refused("malloc: size 9223372036854775807" + above, () -> raw.malloc(Long.MAX_VALUE, M_FOO, M_NOWAIT));
        refused("realloc: size 67108865" + above, () -> malloc.realloc(block, (64 << 20) + 1, M_FOO, M_WAITOK));
    }

    @Test
    @SuppressWarnings("NullAway") // callers may compile without NullAway
    void nullTypeIsRefused() {
        MallocType none = null;
        refused("malloc: type is null", () -> malloc.malloc(1, none, M_WAITOK));
        refused("malloc: type is null", () -> raw.malloc(1, none, M_NOWAIT));
        refused("free: type is null", () -> malloc.free(block, none));
        refused("free: type is null", () -> raw.free(block.address(), none));
        refused("realloc: type is null", () -> malloc.realloc(block, 1, none, M_WAITOK));
        refused("malloc_usable_size: type is null", () -> malloc.usableSize(block, none));
    }

    @Test
    @SuppressWarnings("NullAway") // callers may compile without NullAway
    void nullLevelIsRefused() {
        Level none = null;
        refused("level is null", () -> kernel.operator().level(none));
        refused("level is null", () -> kernel.operator().level(stats("foo").owner(), "foo", none));
    }

    @Test
    void typeOfAnotherKernelIsRefused() {
        try (Subsystem second = new Subsystem()) {
            second.load("second", Subsystem.M_A);
            second.malloc().free(second.malloc().malloc(1, Subsystem.M_A, M_WAITOK), Subsystem.M_A);
            String text = ": type 'a' is registered with another kernel";
            refused("malloc" + text, () -> malloc.malloc(1, Subsystem.M_A, M_WAITOK));
            refused("free" + text, () -> malloc.free(block, Subsystem.M_A));
            refused("realloc" + text, () -> raw.realloc(block.address(), 1, Subsystem.M_A, M_NOWAIT));
            assertThat(second.stats("a").allocs()).isEqualTo(1);
        }
    }

    @Test
    void flagsWithoutExactlyOneWaitFlagAreRefused() {
        String text = " (malloc takes exactly one of M_WAITOK and M_NOWAIT, and M_ZERO, M_NODUMP, M_USE_RESERVE)";
        refused("Bad malloc flags: 0" + text, () -> malloc.malloc(1, M_FOO, 0L));
        refused("Bad malloc flags: 100" + text, () -> malloc.malloc(1, M_FOO, (long) M_ZERO));
        refused("Bad malloc flags: 3" + text, () -> malloc.malloc(1, M_FOO, M_WAITOK | M_NOWAIT));
        refused("Bad malloc flags: 103" + text, () -> raw.malloc(1, M_FOO, M_WAITOK | M_NOWAIT | M_ZERO));
        refused("Bad malloc flags: ffffffffffffffff" + text, () -> malloc.malloc(1, M_FOO, -1L));
    }

    @Test
    void unknownFlagsAreRefused() {
        refused("Bad malloc flags: 12 (malloc knows no flag 10)", () -> malloc.malloc(1, M_FOO, M_WAITOK | 0x10));
        refused("Bad malloc flags: 9212 (malloc knows no flag 9210)", () -> malloc.malloc(1, M_FOO, M_WAITOK | 0x9210));
        refused(
                "Bad malloc flags: 8000000000000001 (malloc knows no flag 8000000000000000)",
                () -> raw.malloc(1, M_FOO, 1L << 63 | M_NOWAIT));
        refused(
                "Bad malloc flags: 81 (realloc knows no flag 80)",
                () -> malloc.realloc(block, 1, M_FOO, 0x80 | M_NOWAIT));
    }

    @Test
    void execFlagIsRefused() {
        refused(
                "Bad malloc flags: 4002 (malloc gives no executable memory: M_EXEC)",
                () -> malloc.malloc(1, M_FOO, M_WAITOK | 0x4000));
        refused(
                "Bad malloc flags: 4101 (realloc gives no executable memory: M_EXEC)",
                () -> raw.realloc(block.address(), 1, M_FOO, M_NOWAIT | M_ZERO | 0x4000));
    }

    @Test
    void overflowingOrNegativeArraySizeIsRefused() {
        refused(
                "mallocarray: 4611686018427387904 * 2 overflowed",
                () -> malloc.mallocarray(1L << 62, 2, M_FOO, M_WAITOK));
        refused(
                "mallocarray: 4294967296 * 4294967296 overflowed",
                () -> malloc.mallocarray(1L << 32, 1L << 32, M_FOO, M_NOWAIT));
        refused(
                "mallocarray: 9223372036854775807 * 9223372036854775807 overflowed",
                () -> raw.mallocarray(Long.MAX_VALUE, Long.MAX_VALUE, M_FOO, M_NOWAIT));
        refused(
                "mallocarray: -1 * 8 bytes for type 'foo' is negative",
                () -> malloc.mallocarray(-1, 8, M_FOO, M_WAITOK));
        refused("mallocarray: 0 * -8 bytes for type 'foo' is negative", () -> raw.mallocarray(0, -8, M_FOO, M_WAITOK));
        refused(
                "malloc: size 4611686018427387904 for type 'foo' is above the kernel map of 67108864 bytes",
                () -> malloc.mallocarray(1L << 31, 1L << 31, M_FOO, M_WAITOK));
    }

    @Test
    void invalidAlignmentIsRefused() {
        for (long alignment : new long[] {0, -1, Long.MIN_VALUE, 3, 24, 4097, 8192, 1L << 62}) {
            refused(
                    "malloc_aligned: alignment " + alignment
                            + " for type 'foo' is no power of two up to an OS page of 4096",
                    () -> malloc.mallocAligned(1, alignment, M_FOO, M_WAITOK));
        }
        refused("malloc_aligned: size -1 for type 'foo' is negative", () -> raw.mallocAligned(-1, 64, M_FOO, M_NOWAIT));
        refused(
                "malloc_aligned: size 67108865 for type 'foo' is above the kernel map of 67108864 bytes",
                () -> malloc.mallocAligned((64 << 20) + 1, 64, M_FOO, M_NOWAIT));
    }

    @Test
    void mallocSizeOfAnInvalidSizeIsRefused() {
        refused("malloc_size: size -1 is negative", () -> malloc.mallocSize(-1));
        refused(
                "malloc_size: size 67108865 is above the kernel map of 67108864 bytes",
                () -> malloc.mallocSize((64 << 20) + 1));
    }

    @Test
    void accountingOfNegativeBytesIsRefused() {
        refused(
                "malloc_type_allocated: -1 bytes of type 'foo' is negative",
                () -> kernel.accounting().allocated(M_FOO, -1));
        refused(
                "malloc_type_freed: -1 bytes of type 'foo' is negative",
                () -> kernel.accounting().freed(M_FOO, -1));
    }

    @Test
    void invalidOperatorSettingsAreRefused() {
        ModuleId owner = stats("foo").owner();
        ModuleId nobody = new ModuleId("nobody", "1", 9);
        refused("no module nobody 1 (9) owns types", () -> kernel.operator().level(nobody, Level.I));
        refused(MODULE + " owns no type 'baz'", () -> kernel.operator().level(owner, "baz", Level.I));
        refused("failure rate -1 is negative", () -> kernel.operator().failureRate(-1));
        refused("failure rate -3 is negative", () -> kernel.operator().failureRate(owner, -3));
        refused("no module nobody 1 (9) owns types", () -> kernel.operator().failureRate(nobody, 1));
        refused("no module nobody 1 (9) owns types", () -> kernel.operator().limits(nobody));
        refused(MODULE + " owns no type 'baz'", () -> kernel.operator().limit(owner, "baz", 0, 1));
        refused("limits of -1 and 0 bytes: negative", () -> kernel.operator().limit(owner, "foo", -1, 0));
        refused("limits of 0 and -9 bytes: negative", () -> kernel.operator().limit(owner, 0, -9));
        refused(
                "limits of 3 and 2 bytes: the soft one is above the hard one",
                () -> kernel.operator().limit(owner, 3, 2));
        assertThat(kernel.operator().limits(owner)).isEqualTo(new LimitInfo(0, 0, 0, 0));
        assertThat(kernel.operator().failures(owner)).isEqualTo(new FailureInfo(0, 0, 0));
    }

    @Test
    void intFlagsWithoutWaitokAreRefused() {
        String text = " takes exactly one of M_WAITOK and M_NOWAIT, and M_ZERO, M_NODUMP, M_USE_RESERVE)";
        refused("Bad malloc flags: 0 (malloc" + text, () -> malloc.malloc(1, M_FOO, 0));
        refused("Bad malloc flags: 1 (malloc" + text, () -> malloc.malloc(1, M_FOO, 1));
        refused("Bad malloc flags: 3 (malloc" + text, () -> malloc.malloc(1, M_FOO, 3));
        refused("Bad malloc flags: 100 (malloc" + text, () -> malloc.malloc(1, M_FOO, M_ZERO));
        refused("Bad malloc flags: 1 (realloc" + text, () -> malloc.realloc(block, 1, M_FOO, 1));
        refused("Bad malloc flags: 3 (realloc" + text, () -> malloc.reallocf(block, 1, M_FOO, 3));
    }

    @Test
    void heapSegmentIsRefused() {
        MemorySegment heap = MemorySegment.ofArray(new byte[5]);
        refused(
                Reason.HEAP_SEGMENT,
                0,
                "free: segment of 5 bytes lies on the Java heap" + GIVEN,
                () -> malloc.free(heap, M_FOO));
        refused(
                Reason.HEAP_SEGMENT,
                0,
                "realloc: segment of 5 bytes lies on the Java heap" + GIVEN,
                () -> malloc.realloc(heap, 1, M_FOO, M_WAITOK));
        refused(
                Reason.HEAP_SEGMENT,
                0,
                "malloc_usable_size: segment of 5 bytes lies on the Java heap" + GIVEN,
                () -> malloc.usableSize(heap, M_FOO));
    }

    @Test
    void readOnlyViewIsRefused() {
        String text = ": segment at " + hex(block.address()) + " is read-only; it lies in the block "
                + hex(block.address()) + " of 128 bytes" + OWNER + GIVEN;
        MemorySegment view = block.asReadOnly();
        refused(Reason.READ_ONLY, block.address(), "free" + text, () -> malloc.free(view, M_FOO));
        refused(Reason.READ_ONLY, block.address(), "realloc" + text, () -> malloc.realloc(view, 1, M_FOO, M_NOWAIT));
    }

    @Test
    void viewLongerThanItsBlockIsRefused() {
        MemorySegment view = MemorySegment.ofAddress(block.address()).reinterpret(129);
        String text = "free: view of 129 bytes at " + hex(block.address()) + " is longer than its block of 128 bytes"
                + OWNER + GIVEN;
        refused(Reason.LONGER_VIEW, block.address(), text, () -> malloc.free(view, M_FOO));
        MemorySegment run = MemorySegment.ofAddress(large.address()).reinterpret(73_729);
        refused(
                Reason.LONGER_VIEW,
                large.address(),
                "free: view of 73729 bytes at " + hex(large.address()) + " is longer than its block of 73728 bytes"
                        + OWNER + GIVEN,
                () -> malloc.free(run, M_FOO));
        malloc.free(view.asSlice(0, 128), M_FOO);
        malloc.free(run.asSlice(0, 73_728), M_FOO);
        assertStats("foo", 2, 2, 73_856, 73_856, 8);
    }

    @Test
    void foreignAddressIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment foreign = arena.allocate(4096, 4096);
            long address = foreign.address();
            String text = ": address " + hex(address) + "(" + hex(address) + ") has not been allocated" + GIVEN;
            refused(Reason.FOREIGN, address, "free" + text, () -> malloc.free(foreign, M_FOO));
            refused(Reason.FOREIGN, address, "realloc" + text, () -> malloc.realloc(foreign, 1, M_FOO, M_WAITOK));
            refused(Reason.FOREIGN, address, "free" + text, () -> raw.free(address, M_FOO));
            refused(
                    Reason.FOREIGN,
                    address + 4097,
                    "free: address " + hex(address + 4097) + "(" + hex(address + 4096) + ") has not been allocated"
                            + GIVEN,
                    () -> raw.free(address + 4097, M_FOO));
        }
        refused(
                Reason.FOREIGN,
                -1,
                "free: address 0xffffffffffffffff(0xfffffffffffff000) has not been allocated" + GIVEN,
                () -> raw.free(-1, M_FOO));
    }

    @Test
    void addressOfAHoleInTheMapIsRefused() {
        long hole = large.address() + (1 << 20);
        refused(
                Reason.FOREIGN,
                hole,
                "free: address " + hex(hole) + "(" + hex(hole & -4096) + ") has not been allocated" + GIVEN,
                () -> raw.free(hole, M_FOO));
    }

    @Test
    void freeOfInteriorPointerIsRefused() {
        for (long inside : new long[] {1, 16, 99, 127}) {
            interior(block.address() + inside, block.address(), 128);
        }
        for (long inside : new long[] {1, 16, 4096, 65_536, 69_999, 73_727}) {
            interior(large.address() + inside, large.address(), 73_728);
        }
        MemorySegment slice = block.asSlice(16);
        refused(
                Reason.INTERIOR,
                slice.address(),
                "free: address " + hex(slice.address()) + " is no start of a block; it lies in the block "
                        + hex(block.address()) + " of 128 bytes" + OWNER + GIVEN,
                () -> malloc.free(slice, M_FOO));
    }

    private void interior(long address, long start, long bytes) {
        refused(
                Reason.INTERIOR,
                address,
                "free: address " + hex(address) + " is no start of a block; it lies in the block " + hex(start) + " of "
                        + bytes + " bytes" + OWNER + GIVEN,
                () -> raw.free(address, M_FOO));
    }

    @Test
    void addressAfterTheLastItemOfASlabIsRefused() {
        MemorySegment odd = malloc.malloc(12_288, M_BAR, M_WAITOK);
        long end = (odd.address() & -(4L << 16)) + (4L << 16);
        long tail = end - 16;
        AddressInfo last = kernel.runtime().whatis(kernel.runtime().whatis(tail).start() - 1);
        refused(
                Reason.INTERIOR,
                tail,
                "free: address " + hex(tail)
                        + " is no start of a block; it lies behind a slab's last one, the free block "
                        + hex(last.start()) + " of " + last.bytes() + " bytes" + GIVEN,
                () -> raw.free(tail, M_FOO));
    }

    @Test
    void doubleFreeIsRefused() {
        malloc.free(block, M_FOO);
        String text = ": block " + hex(block.address())
                + " of 128 bytes is free already (freed again under type 'foo' of " + MODULE + ")";
        refused(Reason.DOUBLE_FREE, block.address(), "free" + text, () -> malloc.free(block, M_FOO));
        refused(Reason.DOUBLE_FREE, block.address(), "free" + text, () -> raw.free(block.address(), M_FOO));
        refused(Reason.DOUBLE_FREE, block.address(), "realloc" + text, () -> malloc.realloc(block, 1, M_FOO, M_WAITOK));
        refused(
                Reason.DOUBLE_FREE,
                block.address(),
                "malloc_usable_size" + text,
                () -> malloc.usableSize(block, M_FOO));
    }

    @Test
    void refusedFreeLogsEachStackOnLinesOfItsOwn() {
        kernel.operator().level(Level.I);
        MemorySegment armoured = malloc.malloc(100, M_FOO, M_WAITOK);
        malloc.free(armoured, M_FOO);
        assertThatThrownBy(() -> malloc.free(armoured, M_FOO)).isInstanceOf(InvalidFree.class);
        List<String> messages = kernel.runtime().messages();
        assertThat(messages)
                .filteredOn(line -> line.contains("panic: free: block " + hex(armoured.address())))
                .singleElement()
                .asString()
                .contains(" is free already (freed again under type 'foo'", ", freed by ");
        assertThat(messages).anyMatch(line -> line.endsWith("Allocation backtrace:"));
        assertThat(messages).anyMatch(line -> line.endsWith("Free backtrace:"));
    }

    @Test
    void doubleFreeOfALargeBlockIsRefused() {
        malloc.free(large, M_FOO);
        refused(
                Reason.FOREIGN,
                large.address(),
                "free: address " + hex(large.address()) + "(" + hex(large.address()) + ") has not been allocated"
                        + GIVEN,
                () -> malloc.free(large, M_FOO));
    }

    @Test
    void blockOfAnotherTypeIsRefused() {
        String text = ": block " + hex(other.address()) + " of 128 bytes belongs to type 'bar' of " + MODULE
                + ", not to 'foo' of " + MODULE;
        refused(Reason.WRONG_TYPE, other.address(), "free" + text, () -> malloc.free(other, M_FOO));
        refused(Reason.WRONG_TYPE, other.address(), "free" + text, () -> raw.free(other.address(), M_FOO));
        refused(Reason.WRONG_TYPE, other.address(), "realloc" + text, () -> malloc.realloc(other, 1, M_FOO, M_WAITOK));
    }

    private void refused(String message, ThrowingCallable call) {
        assertThat(unchanged(call)).isExactlyInstanceOf(InvalidRequest.class).hasMessage(message);
    }

    /** Asserts that the call is refused with a panic, which is recorded once with the module that caused it. */
    private void refused(Reason reason, long address, String message, ThrowingCallable call) {
        long panics = panics();
        Throwable error = unchanged(call);
        assertThat(error).isInstanceOf(InvalidFree.class).hasMessage(message);
        assertThat(((InvalidFree) error).reason()).isEqualTo(reason);
        assertThat(((InvalidFree) error).address()).isEqualTo(address);
        assertThat(panics()).isEqualTo(panics + 1);
        assertThat(kernel.runtime().panics())
                .filteredOn(panic -> panic.message().equals(message))
                .singleElement()
                .satisfies(panic -> assertThat(panic.who()).hasToString(MODULE));
    }

    /** Returns the number of panics so far. Equal panics are one record with a count. */
    private long panics() {
        return kernel.runtime().panics().stream().mapToLong(PanicRecord::count).sum();
    }

    private Throwable unchanged(ThrowingCallable call) {
        List<TypeStats> before = stats();
        Throwable error = catchThrowable(call);
        assertThat(stats()).isEqualTo(before);
        return error;
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
