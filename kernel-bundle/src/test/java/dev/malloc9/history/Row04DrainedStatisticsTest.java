package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.malloc.Subsystem;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Row 4, 5695ef4698: statistics are streamed through a buffer of 128 bytes, and texts keep their NUL. */
class Row04DrainedStatisticsTest {

    private static final String STATS = "kern.malloc_stats";

    private final Subsystem kernel = new Subsystem();
    private final Sysctl sysctl = kernel.sysctl();

    @BeforeEach
    void fiveTypes() {
        kernel.load("one", M_A, M_B, M_C);
        kernel.load("two", M_A, M_B);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void theConsumerSees82PiecesOf127BytesAndOneOf2() throws IOException {
        List<Integer> pieces = new ArrayList<>();
        sysctl.read(STATS, new OutputStream() {
            @Override
            public void write(byte[] bytes, int from, int count) {
                pieces.add(count);
            }

            @Override
            public void write(int single) {
                throw new AssertionError("bytes come in pieces");
            }
        });
        List<Integer> expected = new ArrayList<>(Collections.nCopies(82, 127));
        expected.add(2);
        assertThat(pieces).isEqualTo(expected);
    }

    @Test
    void readWithoutABufferReturnsTheLength() {
        assertThat(sysctl.length(STATS)).isEqualTo(10_416);
    }

    @Test
    void shortBufferIsFilledAndFailsWithEnomem() {
        byte[] whole = sysctl.read(STATS);
        assertThat(whole).hasSize(10_416);
        for (int size : new int[] {0, 1, 126, 127, 128, 2_096, 10_415}) {
            byte[] buffer = new byte[size];
            assertThatThrownBy(() -> sysctl.read(STATS, buffer))
                    .hasMessage("oid 'kern.malloc_stats': a buffer of " + size
                            + " bytes is too short: Cannot allocate memory")
                    .extracting(failed -> ((SysctlFailed) failed).errno())
                    .isEqualTo(Errno.ENOMEM);
            assertThat(buffer).isEqualTo(Arrays.copyOf(whole, size));
        }
        assertThat(sysctl.read(STATS, new byte[10_416])).isEqualTo(10_416);
        assertThat(sysctl.read(STATS, new byte[20_000])).isEqualTo(10_416);
    }

    @Test
    void aTextKeepsItsNulAndABinaryStreamHasNone() {
        assertThat(sysctl.read("kern.mprof")).containsExactly(0);
        kernel.subsystem.operator().profile(true);
        kernel.malloc().malloc(100, M_C, M_WAITOK);
        assertThat(sysctl.read("kern.mprof")).startsWith('\n', ' ').endsWith('\n', 0);
        assertThat(sysctl.read("vm.malloc.size_classes")).containsExactly('p', 'a', 'g', 'e', 's', 0);
        kernel.close();
        assertThat(sysctl.read(STATS)).hasSize(16);
    }
}
