package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Row 40, 7a35a61825: the binary stream kern.malloc_stats has exactly these bytes on a little-endian machine. */
@Tag("platform")
class Row40BinaryStreamTest {

    private static final String STATS = "kern.malloc_stats";
    private static final int TYPE = 2080;

    @MallocDefine(name = "a name of forty characters, which is long")
    static final MallocType M_LONG = MallocType.define();

    @MallocDefine(name = "thirty characters and then äöü")
    static final MallocType M_UMLAUTS = MallocType.define();

    private final Subsystem kernel = new Subsystem();
    private final Sysctl sysctl = kernel.sysctl();

    @BeforeEach
    void onALittleEndianMachine() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "needs a little-endian processor");
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void streamWithoutTypesIsTheHeader() {
        assertThat(hex(sysctl.read(STATS))).isEqualTo("01000000" + "20000000" + "00000000" + "00000000");
        assertThat(sysctl.readText("kern.malloc_count")).isEqualTo("0");
        assertThat(sysctl.readText("kern.smp.maxcpus")).isEqualTo("32");
    }

    /**
     * One thread allocates two blocks of 100 bytes, one of 4096 and one of 70,000, which is not an item. It frees one block of 100 bytes.
     */
    @Test
    void streamOfOneTypeHasTheExpectedBytes() {
        kernel.load("driver", M_A);
        MemorySegment block = kernel.malloc().malloc(100, M_A, M_WAITOK);
        kernel.malloc().malloc(100, M_A, M_WAITOK);
        kernel.malloc().malloc(4096, M_A, M_WAITOK);
        kernel.malloc().malloc(70_000, M_A, M_WAITOK);
        kernel.malloc().free(block, M_A);
        byte[] stream = sysctl.read(STATS);
        assertThat(stream).hasSize(16 + TYPE);
        assertThat(hex(Arrays.copyOf(stream, 48)))
                .isEqualTo("01000000" + "20000000" + "01000000" + "00000000" + "61" + "00".repeat(31));
        assertThat(cpusThatCounted(stream, 0))
                .containsExactly(
                        "0031010000000000" // 128 + 128 + 4096 + 73,728
                                + "8000000000000000"
                                + "0400000000000000"
                                + "0100000000000000"
                                + "0801000000000000" // bits 3 (128) and 8 (4096)
                                + "00".repeat(24));
    }

    @Test
    void aBlockThatIsFreedOnAnotherCpuCountsThere() throws InterruptedException {
        kernel.load("driver", M_A);
        MemorySegment block = kernel.malloc().malloc(16, M_A, M_WAITOK);
        Thread thread = Thread.ofPlatform().start(() -> kernel.malloc().free(block, M_A));
        thread.join();
        String zero = "0000000000000000";
        assertThat(cpusThatCounted(sysctl.read(STATS), 0))
                .containsExactlyInAnyOrder(
                        "1000000000000000" + zero + "0100000000000000" + zero + "0100000000000000" + "00".repeat(24),
                        zero + "1000000000000000" + zero + "0100000000000000" + zero + "00".repeat(24));
    }

    @Test
    void slotsBeyond32ShareTheCpuRecords() throws InterruptedException {
        kernel.load("driver", M_A);
        List<Thread> threads = new ArrayList<>();
        CyclicBarrier gate = new CyclicBarrier(70);
        for (int i = 0; i < 70; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                kernel.malloc().malloc(16, M_A, M_WAITOK);
                try {
                    gate.await();
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        byte[] stream = sysctl.read(STATS);
        assertThat(stream).hasSize(16 + TYPE);
        List<String> cpus = cpusThatCounted(stream, 0);
        assertThat(cpus).hasSize(32);
        assertThat(cpus.stream()
                        .mapToInt(cpu -> Integer.parseInt(cpu.substring(32, 34), 16))
                        .sum())
                .isEqualTo(70);
    }

    @Test
    void theTypeThatWasRegisteredLastComesFirst() {
        Owner first = kernel.load("first", M_A);
        kernel.load("second", M_B, M_LONG);
        byte[] stream = sysctl.read(STATS);
        assertThat(stream).hasSize(16 + 3 * TYPE);
        assertThat(stream[8]).isEqualTo((byte) 3);
        assertThat(name(stream, 0)).isEqualTo("a name of forty characters, whi\0");
        assertThat(name(stream, 1)).isEqualTo("b" + "\0".repeat(31));
        assertThat(name(stream, 2)).isEqualTo("a" + "\0".repeat(31));
        assertThat(sysctl.readText("kern.malloc_count")).isEqualTo("3");
        kernel.unload(first);
        assertThat(sysctl.length(STATS)).isEqualTo(16 + 2 * TYPE);
        assertThat(sysctl.readText("kern.malloc_count")).isEqualTo("2");
    }

    @Test
    void aNameIsCutBetweenTwoCharacters() {
        kernel.load("driver", M_UMLAUTS);
        byte[] stream = sysctl.read(STATS);
        assertThat(hex(Arrays.copyOfRange(stream, 16 + 26, 48))).isEqualTo("20" + "c3a4" + "c3b6" + "00");
    }

    @Test
    void sysctlPrintsTheStreamAsAStructure() {
        kernel.load("driver", M_A);
        assertThat(sysctl.readText(STATS))
                .isEqualTo("Format:s,malloc_type_ustats Length:2096 Dump:0x01000000200000000100000000000000...");
    }

    private static List<String> cpusThatCounted(byte[] stream, int type) {
        List<String> cpus = new ArrayList<>();
        for (int cpu = 0; cpu < 32; cpu++) {
            int at = 16 + type * TYPE + 32 + cpu * 64;
            String record = hex(Arrays.copyOfRange(stream, at, at + 64));
            if (!record.equals("00".repeat(64))) {
                cpus.add(record);
            }
        }
        return cpus;
    }

    private static String name(byte[] stream, int type) {
        return new String(stream, 16 + type * TYPE, 32, StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
