package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import org.junit.jupiter.api.Test;

/** Tests the text of kern.mprof. */
class ProfileTest {

    @Test
    void profileHasFreeBsdsTextAndTheLastBucket() {
        try (Subsystem kernel = new Subsystem(16 << 20, SizeClasses.BSD, ZoneSets.ONE)) {
            kernel.load("driver", M_A);
            MallocOperator operator = kernel.subsystem.operator();
            kernel.malloc().malloc(100, M_A, M_WAITOK);
            operator.profile(true);
            for (long size : new long[] {0, 1, 16, 17, 100, 100, 4081, 4096, 4097, 100_000}) {
                kernel.malloc().free(kernel.malloc().malloc(size, M_A, M_WAITOK), M_A);
            }
            operator.profile(false);
            kernel.malloc().malloc(100, M_A, M_NOWAIT);
            String text = operator.profile();
            assertThat(text)
                    .startsWith("""

                              Size                    Requests  Real Size
                                 0                           1         16
                                16                           2         16
                                32                           1         32
                                48                           0         64
                            """)
                    .contains("\n   112                           2        128\n")
                    .endsWith("""

                              4096                           2       4096

                            Total memory used:\t                          8528
                            Total Memory wasted:\t                            48
                            """);
            assertThat(text.lines()).hasSize(1 + 1 + 257 + 1 + 2);
        }
    }

    @Test
    void theOtherPresetsHaveARowForEverySizeThatIsAnItem() {
        try (Subsystem kernel = new Subsystem(16 << 20, SizeClasses.FINE, ZoneSets.ONE)) {
            kernel.load("driver", M_A);
            kernel.subsystem.operator().profile(true);
            kernel.malloc().malloc(65_536, M_A, M_WAITOK);
            kernel.malloc().malloc(130, M_A, M_WAITOK);
            assertThat(kernel.subsystem.operator().profile())
                    .contains("\n   144                           1        160\n")
                    .contains("\n 65536                           1      65536\n\nTotal memory used:");
        }
    }
}
