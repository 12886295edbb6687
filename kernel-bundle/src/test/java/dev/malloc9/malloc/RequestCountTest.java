package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.NativeSort;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that the number of requests of a zone never decreases. */
@Timeout(60)
class RequestCountTest {

    private static final int PAIRS = 1000;

    /** While a native call uses a segment, the types of the stopped module are retired, but its memory stays in quarantine. */
    @Test
    void requestsDoNotFallWhileAModuleStops() throws InterruptedException {
        try (Subsystem kernel = new Subsystem()) {
            Owner owner = kernel.load("module", M_A);
            pairs(kernel);
            MemorySegment buffer = kernel.malloc().malloc(64, M_A, M_WAITOK);
            long before = requests(kernel);
            NativeSort holder = NativeSort.hold(buffer);
            kernel.unload(owner);
            assertThat(kernel.subsystem.statistics().typeStats()).isEmpty();
            assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isPositive();
            assertThat(requests(kernel)).isEqualTo(before);
            holder.end();
            kernel.unload(kernel.load("next", M_B));
            assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isZero();
            assertThat(requests(kernel)).isEqualTo(before);
        }
    }

    @Test
    void requestsDoNotFallUnderAConcurrentReader() throws InterruptedException {
        try (Subsystem kernel = new Subsystem()) {
            kernel.load("reader's", M_B);
            AtomicBoolean done = new AtomicBoolean();
            List<String> falls = new ArrayList<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                long last = 0;
                while (!done.get()) {
                    long now = requests(kernel);
                    if (now < last) {
                        falls.add(last + " to " + now);
                    }
                    last = now;
                }
            });
            for (int i = 0; i < 50; i++) {
                Owner owner = kernel.load("module", M_A);
                pairs(kernel);
                kernel.unload(owner);
            }
            done.set(true);
            reader.join();
            assertThat(falls).isEmpty();
            assertThat(requests(kernel)).isEqualTo(50L * PAIRS);
        }
    }

    private static void pairs(Subsystem kernel) {
        for (int i = 0; i < PAIRS; i++) {
            kernel.malloc().free(kernel.malloc().malloc(64, M_A, M_WAITOK), M_A);
        }
    }

    private static long requests(Subsystem kernel) {
        return kernel.subsystem.statistics().zoneStats().stream()
                .filter(zone -> zone.name().equals("64"))
                .mapToLong(ZoneStats::requests)
                .sum();
    }
}
