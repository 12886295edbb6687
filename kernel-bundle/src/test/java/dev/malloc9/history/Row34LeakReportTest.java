package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeMessages;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Row 34, 2005-11-03: the leak report at the destruction of a type has the exact text of section 2.8. */
class Row34LeakReportTest {

    private final Subsystem kernel = new Subsystem();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void leakMessageHasFreeBsdsText() {
        assertThat(TypeMessages.leaked("foo", 3, 384))
                .isEqualTo("Warning: memory type foo leaked memory on destroy (3 allocations, 384 bytes leaked).");
    }

    @Test
    void threeLeakedBlocksOf100BytesCountAs384() {
        Owner owner = kernel.load("driver", M_A);
        for (int i = 0; i < 3; i++) {
            kernel.malloc().malloc(100, M_A, M_WAITOK);
        }
        kernel.unload(owner);
        assertThat(kernel.leaks).singleElement().satisfies(leak -> {
            assertThat(TypeMessages.leaked(leak.type(), leak.allocations(), leak.bytes()))
                    .isEqualTo("Warning: memory type a leaked memory on destroy (3 allocations, 384 bytes leaked).");
            assertThat(leak.blocks()).containsExactly(new LeakReport.Blocks(128, 3));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"R", "I"})
    void aCleanTypeSaysNothing(Level level) {
        kernel.subsystem.operator().level(level);
        Owner owner = kernel.load("driver", M_A);
        MemorySegment block = kernel.malloc().malloc(100, M_A, M_WAITOK);
        kernel.malloc().free(block, M_A);
        kernel.unload(owner);
        assertThat(kernel.leaks).isEmpty();
    }

    @Test
    void armouredBlocksCountWithTheirRedZones() {
        kernel.subsystem.operator().level(Level.I);
        Owner owner = kernel.load("driver", M_A);
        kernel.malloc().malloc(100, M_A, M_WAITOK);
        kernel.rawMalloc().malloc(70_000, M_A, M_WAITOK);
        kernel.unload(owner);
        assertThat(kernel.leaks).singleElement().satisfies(leak -> {
            assertThat(leak.allocations()).isEqualTo(2);
            assertThat(leak.bytes()).isEqualTo(512 + 19 * 4096);
        });
    }
}
