package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests that a block that a module leaked by address is not handed out again at once. */
class RawQuarantineTest {

    private static final int BLOCK = 4096;
    private static final int KEPT = (int) (Subsystem.RAW_QUARANTINE / BLOCK);

    private final Subsystem kernel = new Subsystem();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void leakedAddressIsNotReusedForAWhile() {
        long stale = leak(1).iterator().next();
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isEqualTo(BLOCK);
        kernel.load("next", Subsystem.M_B);
        Set<Long> handedOut = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            handedOut.add(kernel.rawMalloc().malloc(BLOCK, Subsystem.M_B, M_WAITOK));
        }
        assertThat(handedOut).doesNotContain(stale);
        assertThatThrownBy(() -> kernel.rawMalloc().free(stale, Subsystem.M_B))
                .isInstanceOfSatisfying(
                        InvalidFree.class, e -> assertThat(e.reason()).isEqualTo(InvalidFree.Reason.REVOKED))
                .hasMessageContaining(
                        " was left behind by a module that has stopped, and is in quarantine, given as type '");
    }

    @Test
    void oldestLeakedBlocksAreReusedFirst() {
        Set<Long> first = leak(KEPT);
        leak(KEPT);
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isEqualTo(Subsystem.RAW_QUARANTINE);
        kernel.load("next", Subsystem.M_B);
        Set<Long> handedOut = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            handedOut.add(kernel.rawMalloc().malloc(BLOCK, Subsystem.M_B, M_WAITOK));
        }
        assertThat(handedOut).containsAll(first);
    }

    @Test
    void aBlockLargerThanTheQuarantineGoesBackAtOnce() {
        long before = kernel.subsystem.statistics().kernelMap().used();
        Owner owner = kernel.load("large", Subsystem.M_A);
        kernel.rawMalloc().malloc(10 << 20, Subsystem.M_A, M_WAITOK);
        kernel.unload(owner);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(before);
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isZero();
    }

    @Test
    void fullMapEmptiesTheRawQuarantine() {
        leak(KEPT);
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isEqualTo(Subsystem.RAW_QUARANTINE);
        kernel.load("next", Subsystem.M_B);
        assertThat(kernel.malloc().malloc(kernel.map.size(), Subsystem.M_B, M_WAITOK))
                .isNotNull();
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isZero();
    }

    @Test
    void eachServiceFreesBlocksOfTheOther() {
        kernel.load("both", Subsystem.M_A);
        long address = kernel.rawMalloc().malloc(100, Subsystem.M_A, M_WAITOK);
        kernel.malloc().free(MemorySegment.ofAddress(address), Subsystem.M_A);
        kernel.rawMalloc()
                .free(kernel.malloc().malloc(100_000, Subsystem.M_A, M_WAITOK).address(), Subsystem.M_A);
        long run = kernel.rawMalloc().malloc(100_000, Subsystem.M_A, M_WAITOK);
        kernel.rawMalloc().free(run, Subsystem.M_A);
        assertThat(kernel.stats("a").inUse()).isZero();
    }

    @Test
    void leakReportCountsBlocksOfBothServices() {
        Owner owner = kernel.load("both", Subsystem.M_A);
        kernel.rawMalloc().malloc(100, Subsystem.M_A, M_WAITOK);
        kernel.malloc().malloc(100, Subsystem.M_A, M_WAITOK);
        kernel.unload(owner);
        assertThat(kernel.leaks.getFirst().blocks()).containsExactly(new LeakReport.Blocks(128, 2));
    }

    private Set<Long> leak(int blocks) {
        Owner owner = kernel.load("leaky", Subsystem.M_A);
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < blocks; i++) {
            addresses.add(kernel.rawMalloc().malloc(BLOCK, Subsystem.M_A, M_WAITOK));
        }
        kernel.unload(owner);
        return addresses;
    }
}
