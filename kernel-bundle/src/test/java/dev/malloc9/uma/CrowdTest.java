package dev.malloc9.uma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.pcpu.Cpus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CrowdTest {

    private final Cpus cpus = new Cpus();
    private final List<String> changes = new ArrayList<>();

    private final Gates gates = new Gates() {
        @Override
        public void pauseAll() {
            changes.add("closed");
        }

        @Override
        public void resumeAll() {
            changes.add("open");
        }
    };

    private final Crowd crowd = new Crowd(cpus, gates);

    @Test
    void gatesStayOpenForFewThreads() {
        assertThat(crowd.isThere()).isFalse();
        assertThat(crowd.giveWay(() -> changes.add("handshakes"))).isTrue();
        assertThat(changes).containsExactly("handshakes");
    }

    @Test
    void gatesAreClosedWhileACrowdIsWaitedFor() throws InterruptedException {
        gather();
        assertThat(crowd.isThere()).isTrue();
        assertThat(crowd.giveWay(() -> {
                    changes.add("handshakes");
                    crowd.pass();
                    return false;
                }))
                .isFalse();
        assertThat(changes).containsExactly("closed", "handshakes", "open");
    }

    /** Starts many threads that are alive at the same time, so that each gets a slot, and waits for their end. */
    private void gather() throws InterruptedException {
        int many = 4 * Runtime.getRuntime().availableProcessors() + 1;
        CountDownLatch here = new CountDownLatch(many);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                cpus.current();
                here.countDown();
                try {
                    here.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
