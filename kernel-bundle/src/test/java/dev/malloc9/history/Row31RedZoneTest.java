package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.BlockDamaged;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Row 31, 2006-01-31: RedZone checks the bytes before and after each block at free and realloc, and reports where the block was allocated
 * and freed. The tests contain the six cases of the original regression test (section 9 of the facts).
 */
class Row31RedZoneTest {

    private final Subsystem kernel = new Subsystem(16L << 20, SizeClasses.BSD, ZoneSets.ONE);

    @BeforeEach
    void load() {
        kernel.load("driver", M_A);
        kernel.subsystem.operator().level(Level.I);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void underflowOfTenBytesIsReportedAtFree() {
        long block = malloc(10);
        write(block - 1);
        kernel.rawMalloc().free(block, M_A);
        reported(Damage.Kind.UNDERFLOW, block, -1, 10, "underflow detected. 1 byte corrupted before " + hex(block));
    }

    @Test
    void overflowOfTenBytesIsReportedAtFree() {
        long block = malloc(10);
        write(block + 10);
        kernel.rawMalloc().free(block, M_A);
        reported(Damage.Kind.OVERFLOW, block, 10, 10, "overflow detected. 1 byte corrupted after " + hex(block + 10));
    }

    @Test
    void underflowIsReportedByAShrinkingRealloc() {
        long block = malloc(8192);
        write(block - 1);
        long moved = realloc(block, 10);
        reported(Damage.Kind.UNDERFLOW, block, -1, 8192, "underflow detected. 1 byte corrupted before " + hex(block));
        freesInPeace(moved);
    }

    @Test
    void overflowIsReportedByAShrinkingRealloc() {
        long block = malloc(8192);
        write(block + 8192);
        long moved = realloc(block, 10);
        reported(
                Damage.Kind.OVERFLOW,
                block,
                8192,
                8192,
                "overflow detected. 1 byte corrupted after " + hex(block + 8192));
        freesInPeace(moved);
    }

    @Test
    void underflowIsReportedByAGrowingRealloc() {
        long block = malloc(10);
        write(block - 1);
        long moved = realloc(block, 8192);
        reported(Damage.Kind.UNDERFLOW, block, -1, 10, "underflow detected. 1 byte corrupted before " + hex(block));
        freesInPeace(moved);
    }

    @Test
    void overflowIsReportedByAGrowingRealloc() {
        long block = malloc(10);
        write(block + 10);
        long moved = realloc(block, 8192);
        reported(Damage.Kind.OVERFLOW, block, 10, 10, "overflow detected. 1 byte corrupted after " + hex(block + 10));
        freesInPeace(moved);
    }

    @Test
    void underflowIsReportedBeforeOverflow() {
        long block = malloc(100);
        write(block - 3);
        write(block - 2);
        write(block + 100);
        kernel.rawMalloc().free(block, M_A);
        assertThat(kernel.damages).hasSize(2);
        assertThat(kernel.damages.getFirst().report().getFirst())
                .isEqualTo("REDZONE: Buffer underflow detected. 2 bytes corrupted before " + hex(block)
                        + " (100 bytes allocated) of type 'a' of driver 1 (7).");
        assertThat(kernel.damages.getFirst().offset()).isEqualTo(-3);
        assertThat(kernel.damages.getLast().report().getFirst())
                .isEqualTo("REDZONE: Buffer overflow detected. 1 byte corrupted after " + hex(block + 100)
                        + " (100 bytes allocated) of type 'a' of driver 1 (7).");
    }

    /** The report of section 9, line by line. The number of frames is a knob. */
    @Test
    void reportHasTheAllocationAndFreeBacktraces() {
        long block = malloc(10);
        write(block + 10);
        kernel.rawMalloc().free(block, M_A);
        assertThat(String.join("\n", kernel.damages.getFirst().report()))
                .matches(Pattern.compile(String.format(Locale.ROOT, """
                        REDZONE: Buffer overflow detected\\. 1 byte corrupted after 0x%x \\(10 bytes allocated\\) of type 'a' of driver 1 \\(7\\)\\.
                        Allocation backtrace:
                        #0 dev\\.malloc9\\.history\\.Row31RedZoneTest\\.malloc\\(Row31RedZoneTest\\.java:\\d+\\)
                        #1 dev\\.malloc9\\.history\\.Row31RedZoneTest\\.reportHasTheAllocationAndFreeBacktraces\\(FRAME\\)
                        #2 TEXT
                        #3 TEXT
                        Free backtrace:
                        #0 dev\\.malloc9\\.history\\.Row31RedZoneTest\\.reportHasTheAllocationAndFreeBacktraces\\(FRAME\\)
                        #1 TEXT
                        #2 TEXT
                        #3 TEXT""", block + 10)
                        .replace("FRAME", "Row31RedZoneTest\\.java:\\d+")
                        .replace("TEXT", "\\S+\\(\\S+\\)")));
        assertThat(kernel.damages.getFirst().allocated()).anyMatch(line -> line.contains("Row31RedZoneTest.malloc"));
    }

    /** The header has 16 bytes, the size and its checksum. It is followed by 16 bytes of red zone. */
    @Test
    void writtenHeaderIsFoundToTheByte() {
        for (int at = 32; at > 16; at--) {
            long block = malloc(10);
            MemorySegment hurt = MemorySegment.ofAddress(block - at).reinterpret(1);
            hurt.set(ValueLayout.JAVA_BYTE, 0, (byte) ~hurt.get(ValueLayout.JAVA_BYTE, 0));
            kernel.rawMalloc().free(block, M_A);
            reported(
                    Damage.Kind.UNDERFLOW, block, -at, 10, "underflow detected. 1 byte corrupted before " + hex(block));
            kernel.damages.clear();
        }
    }

    /** The size in the block's record is used, not the size in the header. No stray write can reach the record. */
    @Test
    void overwrittenSizeInHeaderIsReportedAndNotUsed() {
        long block = malloc(10);
        MemorySegment size = MemorySegment.ofAddress(block - 32).reinterpret(8);
        assertThat(size.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)).isEqualTo(10);
        size.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, 11);
        assertThat(kernel.rawMalloc().usableSize(block, M_A)).isEqualTo(10);
        kernel.rawMalloc().free(block, M_A);
        reported(Damage.Kind.UNDERFLOW, block, -32, 10, "underflow detected. 1 byte corrupted before " + hex(block));
        assertThat(kernel.stats("a").inUse()).isZero();
    }

    @Test
    void extraMemCountsTheBytesOfRedZones() {
        assertThat(extraMem()).isZero();
        long small = malloc(10);
        assertThat(extraMem()).isEqualTo(272);
        assertThat(kernel.stats("a").bytesInUse()).isEqualTo(512);
        assertThat(small & 255)
                .as("256 bytes behind the start of an item of 512")
                .isZero();
        long large = malloc(8192);
        assertThat(extraMem()).isEqualTo(272 + 4112);
        assertThat(kernel.stats("a").bytesInUse()).isEqualTo(512 + 4 * 4096);
        kernel.rawMalloc().free(small, M_A);
        assertThat(extraMem()).isEqualTo(4112);
        kernel.rawMalloc().free(large, M_A);
        assertThat(extraMem()).isZero();
    }

    @Test
    void panicThrowsTheReportAndTheBlockIsFree() {
        kernel.sysctl().writeText("vm.redzone.panic", "1");
        long block = malloc(10);
        write(block + 12);
        assertThatThrownBy(() -> kernel.rawMalloc().free(block, M_A))
                .isInstanceOfSatisfying(BlockDamaged.class, e -> {
                    assertThat(e.address()).isEqualTo(block);
                    assertThat(e.offset()).isEqualTo(12);
                    assertThat(e.bytes()).isEqualTo(1);
                })
                .hasMessageStartingWith(
                        "Stopping here. REDZONE: Buffer overflow detected. 1 byte corrupted after " + hex(block + 10)
                                + " (10 bytes allocated) of type 'a' of driver 1 (7).\nAllocation backtrace:\n#0 ")
                .hasMessageContaining("\nFree backtrace:\n#0 ");
        assertThat(kernel.damages).hasSize(1);
        assertThat(kernel.panics).hasSize(1);
        assertThat(kernel.stats("a").inUse()).isZero();
    }

    @Test
    void aReallocThatThrowsForPanicLeavesNoBlockBehind() {
        kernel.sysctl().writeText("vm.redzone.panic", "1");
        for (long bytes : new long[] {20, 8192}) {
            long block = malloc(10);
            write(block + 10);
            assertThatThrownBy(() -> realloc(block, bytes)).isInstanceOf(BlockDamaged.class);
            long another = malloc(10);
            write(another + 10);
            assertThatThrownBy(() -> kernel.rawMalloc().reallocf(another, bytes, M_A, M_NOWAIT))
                    .isInstanceOf(BlockDamaged.class);
            assertThat(kernel.stats("a").inUse()).isZero();
        }
        assertThat(kernel.damages).hasSize(4);
        assertThat(kernel.panics).hasSize(4);
    }

    @Test
    void zeroedBlocksAreZeroBetweenTheirRedZones() {
        MemorySegment block = requireNonNull(kernel.malloc().malloc(100, M_A, M_NOWAIT | M_ZERO));
        assertThat(block.mismatch(MemorySegment.ofArray(new byte[100]))).isEqualTo(-1);
        kernel.malloc().free(block, M_A);
        assertThat(kernel.damages).isEmpty();
    }

    private void reported(Damage.Kind kind, long block, long offset, long size, String text) {
        assertThat(kernel.damages).singleElement().satisfies(damage -> {
            assertThat(damage.kind()).isEqualTo(kind);
            assertThat(damage.address()).isEqualTo(block);
            assertThat(damage.offset()).isEqualTo(offset);
            assertThat(damage.bytes()).isEqualTo(1);
            assertThat(damage.size()).isEqualTo(size);
            assertThat(damage.type()).isEqualTo("a");
            assertThat(damage.report().getFirst())
                    .isEqualTo(
                            "REDZONE: Buffer " + text + " (" + size + " bytes allocated) of type 'a' of driver 1 (7).");
        });
        assertThat(kernel.panics).isEmpty();
    }

    private void freesInPeace(long block) {
        kernel.rawMalloc().free(block, M_A);
        assertThat(kernel.damages).hasSize(1);
        assertThat(kernel.stats("a").inUse()).isZero();
    }

    private long malloc(long bytes) {
        return kernel.rawMalloc().malloc(bytes, M_A, M_NOWAIT);
    }

    private long realloc(long block, long bytes) {
        return kernel.rawMalloc().realloc(block, bytes, M_A, M_NOWAIT);
    }

    private long extraMem() {
        return Long.parseLong(kernel.sysctl().readText("vm.redzone.extra_mem"));
    }

    private static void write(long address) {
        MemorySegment.ofAddress(address).reinterpret(1).set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
