package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NODUMP;
import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.malloc.Subsystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 37, 2005-08-02: M_NOWAIT and M_WAITOK are the wait flags, and no other flag affects waiting. */
class Row37WaitFlagsTest {

    private final Subsystem kernel = new Subsystem();

    @BeforeEach
    void load() {
        kernel.load("driver", M_A);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, M_ZERO, M_NODUMP, M_ZERO | M_NODUMP})
    void exactlyOneWaitFlagIsRequired(long others) {
        assertThat(kernel.rawMalloc().malloc(64, M_A, M_NOWAIT | others)).isNotZero();
        assertThat(kernel.rawMalloc().malloc(64, M_A, M_WAITOK | others)).isNotZero();
        assertThat(kernel.malloc().malloc(64, M_A, M_NOWAIT | others)).isNotNull();
        assertThat(kernel.malloc().malloc(64, M_A, M_WAITOK | (int) others)).isNotNull();
        for (long flags : new long[] {others, M_NOWAIT | M_WAITOK | others}) {
            assertThatThrownBy(() -> kernel.rawMalloc().malloc(64, M_A, flags))
                    .isInstanceOf(InvalidRequest.class)
                    .hasMessageStartingWith(
                            "Bad malloc flags: " + Long.toHexString(flags) + " (malloc takes exactly one");
        }
        assertThat(kernel.stats("a").allocs()).isEqualTo(4);
    }
}
