package dev.malloc9.history;

import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.TypeAccounting;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeMessages;
import org.junit.jupiter.api.Test;

/** Row 35, 2005-10-20: values above 2^32 are counted and printed in full. */
class Row35LargeCountersTest {

    @Test
    void bytesAbove4GiBAreCountedAndReported() {
        try (Subsystem kernel = new Subsystem()) {
            Owner owner = kernel.load("driver", M_A);
            TypeAccounting accounting = kernel.subsystem.accounting();
            accounting.allocated(M_A, 5_000_000_000L);
            accounting.allocated(M_A, 20_000_000_000_000L);
            assertThat(kernel.stats("a").allocated()).isEqualTo(20_005_000_000_000L);
            kernel.unload(owner);
            assertThat(kernel.leaks.getFirst().bytes()).isEqualTo(20_005_000_000_000L);
        }
        assertThat(TypeMessages.leaked("foo", 5_000_000_000L, 20_005_000_000_000L))
                .isEqualTo("Warning: memory type foo leaked memory on destroy"
                        + " (5000000000 allocations, 20005000000000 bytes leaked).");
    }
}
