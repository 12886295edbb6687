package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.malloc.Subsystem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 6, bc54684253, the first version of row 4: the streamed pieces are equal to the value that was formerly built as a whole. */
class Row06StreamedStatisticsTest {

    @ParameterizedTest
    @ValueSource(strings = {"kern.malloc_stats", "vm.zone_stats", "kern.mprof", "kern.malloc_count", "vm.zone_count"})
    void thePiecesPutTogetherAreTheValue(String name) throws IOException {
        try (Subsystem kernel = new Subsystem()) {
            kernel.load("driver", M_A, M_B);
            kernel.subsystem.operator().profile(true);
            kernel.malloc().malloc(100, M_A, M_WAITOK);
            Sysctl sysctl = kernel.sysctl();
            ByteArrayOutputStream pieces = new ByteArrayOutputStream();
            sysctl.read(name, pieces);
            assertThat(pieces.toByteArray()).isNotEmpty().isEqualTo(sysctl.read(name));
            assertThat(sysctl.length(name)).isEqualTo(pieces.size());
        }
    }
}
