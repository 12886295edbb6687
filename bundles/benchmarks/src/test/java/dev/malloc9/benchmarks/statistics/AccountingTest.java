package dev.malloc9.benchmarks.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccountingTest {

    private static final int THREADS = 4;
    private static final int PAIRS = 100_000;

    @ParameterizedTest
    @EnumSource(Accounting.class)
    void countersOfManyThreadsAreExactAtRest(Accounting accounting) throws InterruptedException {
        Counters counters = accounting.open();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int pair = 0; pair < PAIRS; pair++) {
                    counters.free(counters.malloc(64));
                }
                counters.malloc(16);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(counters.totals())
                .isEqualTo(new Counters.Totals(400_004, 64L * 400_000 + 16 * 4, 400_000, 64L * 400_000));
    }
}
