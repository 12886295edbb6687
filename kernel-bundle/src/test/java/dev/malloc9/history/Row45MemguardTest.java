package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.raw.GuardHit.Kind;
import dev.malloc9.malloc.Subsystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Row 45, 2005-01-21: an allocator that replaces malloc for one type, and detects writes to a block after its free. In 2005, it made the
 * pages of freed blocks read-only and kept them. Its successor also detects reads, and gives the pages back.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class Row45MemguardTest {

    @Test
    void writeAfterFreeIsFoundForTheGuardedTypeOnly() {
        try (Subsystem kernel = new Subsystem()) {
            kernel.load("driver", M_A, M_B);
            kernel.sysctl().writeText("vm.memguard.desc", "a");
            long guarded = kernel.rawMalloc().malloc(64, M_A, M_WAITOK);
            long plain = kernel.rawMalloc().malloc(64, M_B, M_WAITOK);
            kernel.rawMalloc().free(guarded, M_A);
            kernel.rawMalloc().free(plain, M_B);
            GuardHit hit = catchThrowableOfType(
                    GuardHit.class, () -> kernel.rawMemory().putInt(guarded, 1));
            assertThat(hit.kind()).isEqualTo(Kind.USE_AFTER_FREE);
            assertThat(hit)
                    .hasMessageContaining("use after free: write of 4 bytes")
                    .hasMessageContaining("freed by");
            kernel.rawMemory().putInt(plain, 1);
            assertThat(kernel.sysctl().readText("vm.memguard.mapused")).isEqualTo("0");
        }
    }
}
