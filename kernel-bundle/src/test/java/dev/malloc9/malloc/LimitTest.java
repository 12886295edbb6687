package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InterruptedRequest;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.runtime.LimitInfo;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LimitTest {

    private final Subsystem kernel = new Subsystem();
    private final Owner owner = kernel.load("driver", M_A, M_B);
    private final ModuleId module = owner.module();
    private final Malloc malloc = kernel.malloc();
    private final MallocOperator operator = kernel.subsystem.operator();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void aTypeGetsItsHardLimitToTheByte() {
        operator.limit(module, "a", 0, 10 * 64 + 16);
        List<MemorySegment> blocks = fill(M_A, 64);
        assertThat(blocks).hasSize(10);
        assertThat(fill(M_A, 1)).hasSize(1);
        assertThat(operator.limits(module, "a")).isEqualTo(new LimitInfo(0, 656, 656, 0));
        assertThat(malloc.malloc(1, M_B, M_NOWAIT)).as("another type").isNotNull();
        malloc.free(blocks.getFirst(), M_A);
        assertThat(operator.limits(module, "a").used()).isEqualTo(592);
        assertThat(fill(M_A, 64)).hasSize(1);
        assertThat(kernel.stats("a").allocs()).isEqualTo(12);
    }

    @Test
    void typesOfAModuleShareItsLimit() {
        kernel.load("other", M_C);
        operator.limit(module, 0, 1 << 20);
        List<MemorySegment> large = fill(M_A, 100_000);
        assertThat(large).hasSize(10);
        List<MemorySegment> small = fill(M_B, 64);
        assertThat(small).hasSize(((1 << 20) - 10 * 102_400) / 64);
        assertThat(operator.limits(module).used()).isEqualTo(1 << 20);
        large.forEach(block -> malloc.free(block, M_A));
        assertThat(fill(M_B, 2048)).hasSize(500);
        assertThat(operator.limits(module).used()).isEqualTo(1 << 20);
        assertThat(malloc.malloc(1, M_C, M_NOWAIT)).as("another module").isNotNull();
    }

    @Test
    void limitCountsFormerBlocksAndNoCachedItems() {
        List<MemorySegment> blocks = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            blocks.add(malloc.malloc(128, M_A, M_WAITOK));
        }
        blocks.subList(100, 1000).forEach(block -> malloc.free(block, M_A));
        operator.limit(module, "a", 0, 101 * 128);
        assertThat(operator.limits(module, "a").used()).isEqualTo(100 * 128);
        assertThat(fill(M_A, 128)).hasSize(1);
        blocks.subList(0, 100).forEach(block -> malloc.free(block, M_A));
        assertThat(operator.limits(module, "a").used()).isEqualTo(128);
    }

    @Test
    void limitBelowTheUsageRefusesNewRequests() {
        List<MemorySegment> blocks = List.of(malloc.malloc(512, M_A, M_WAITOK), malloc.malloc(512, M_A, M_WAITOK));
        operator.limit(module, "a", 0, 600);
        assertThat(malloc.malloc(16, M_A, M_NOWAIT)).isNull();
        malloc.free(blocks.getFirst(), M_A);
        assertThat(malloc.malloc(64, M_A, M_NOWAIT)).isNotNull();
        assertThat(malloc.malloc(64, M_A, M_NOWAIT)).isNull();
    }

    @Test
    void aLimitThatIsTakenAwayIsGone() {
        operator.limit(module, "a", 0, 16);
        assertThat(fill(M_A, 16)).hasSize(1);
        CompletableFuture<MemorySegment> waiter = waitFor(M_A, 16, 1);
        operator.limit(module, "a", 0, 0);
        assertThat(waiter.join().byteSize()).isEqualTo(16);
        assertThat(malloc.malloc(100_000, M_A, M_NOWAIT)).isNotNull();
        assertThat(operator.limits(module, "a")).isEqualTo(new LimitInfo(0, 0, 0, 0));
        operator.limit(module, "a", 0, 200_000);
        assertThat(operator.limits(module, "a").used()).isEqualTo(32 + 102_400);
    }

    @Test
    void softLimitIsReportedOnceAndRefusesNothing() {
        operator.limit(module, "a", 1000, 0);
        operator.limit(module, 2000, 0);
        for (int i = 0; i < 15; i++) {
            malloc.malloc(64, M_A, M_WAITOK);
        }
        assertThat(kernel.softLimits).isEmpty();
        for (int i = 0; i < 100; i++) {
            malloc.malloc(64, M_A, M_WAITOK);
        }
        assertThat(kernel.softLimits).containsExactly("a:1000:1024", ":2000:2048");
        operator.limit(module, "a", 2000, 0);
        assertThat(kernel.softLimits).hasSize(3).last().isEqualTo("a:2000:7360");
    }

    @Test
    void waitersAreServedInOrder() {
        operator.limit(module, "a", 0, 1024);
        MemorySegment large = malloc.malloc(512, M_A, M_WAITOK);
        List<MemorySegment> small = fill(M_A, 16);
        CompletableFuture<MemorySegment> first = waitFor(M_A, 512, 1);
        CompletableFuture<MemorySegment> second = waitFor(M_A, 16, 2);
        malloc.free(small.getFirst(), M_A);
        assertThat(operator.limits(module, "a")).isEqualTo(new LimitInfo(0, 1024, 1008, 2));
        assertThat(malloc.malloc(16, M_A, M_NOWAIT)).isNull();
        malloc.free(large, M_A);
        assertThat(first.join().byteSize()).isEqualTo(512);
        assertThat(second.join().byteSize()).isEqualTo(16);
        assertThat(operator.limits(module, "a")).isEqualTo(new LimitInfo(0, 1024, 1024, 0));
    }

    @Test
    void freeOfAnotherTypeServesAWaiterOfTheModule() {
        operator.limit(module, 0, 64);
        MemorySegment other = malloc.malloc(64, M_B, M_WAITOK);
        CompletableFuture<MemorySegment> waiter = waitFor(M_A, 64, 1);
        malloc.free(other, M_B);
        assertThat(waiter.join().byteSize()).isEqualTo(64);
    }

    @Test
    void interruptedWaiterFailsWithoutACharge() throws InterruptedException {
        operator.limit(module, "a", 0, 1000);
        operator.limit(module, 0, 64);
        MemorySegment block = malloc.malloc(64, M_B, M_WAITOK);
        List<Object> outcome = new ArrayList<>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                outcome.add(malloc.malloc(60, M_A, M_WAITOK));
            } catch (InterruptedRequest e) {
                outcome.add(String.valueOf(e.getMessage()));
                outcome.add(Thread.currentThread().isInterrupted());
            }
        });
        awaitWaiting(1);
        waiter.interrupt();
        waiter.join();
        assertThat(outcome).containsExactly("malloc: interrupted while 60 bytes of type 'a' waited at a limit", true);
        assertThat(operator.limits(module)).isEqualTo(new LimitInfo(0, 64, 64, 0));
        assertThat(operator.limits(module, "a").used()).isZero();
        malloc.free(block, M_B);
        assertThat(malloc.malloc(64, M_A, M_NOWAIT)).isNotNull();
    }

    @Test
    void interruptedRequestIsServedIfItNeedNotWait() {
        operator.limit(module, "a", 0, 1000);
        Thread.currentThread().interrupt();
        assertThat(malloc.malloc(64, M_A, M_WAITOK).byteSize()).isEqualTo(64);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void waitersOfAStoppingModuleGetAnError() {
        operator.limit(module, "a", 0, 64);
        operator.limit(module, 0, 128);
        malloc.malloc(64, M_A, M_WAITOK);
        malloc.malloc(64, M_B, M_WAITOK);
        CompletableFuture<MemorySegment> atType = waitFor(M_A, 64, 1);
        CompletableFuture<MemorySegment> atModule = waitFor(M_B, 64, 2);
        kernel.unload(owner);
        for (CompletableFuture<MemorySegment> waiter : List.of(atType, atModule)) {
            assertThatThrownBy(waiter::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(UnregisteredType.class)
                    .hasMessageEndingWith("is not registered: driver 1 (7) has stopped");
        }
        assertThat(kernel.leaks).hasSize(2);
    }

    @Test
    void requestAboveTheLimitIsRefusedAtOnce() {
        operator.limit(module, "a", 0, 1000);
        assertThatThrownBy(() -> malloc.malloc(1001, M_A, M_WAITOK))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("malloc: size 1001 for type 'a' is above the hard limit of 1000 bytes");
        assertThat(malloc.malloc(1001, M_A, M_NOWAIT)).isNull();
        assertThat(operator.limits(module, "a").used()).isZero();
        operator.limit(module, "a", 0, 64);
        malloc.malloc(64, M_A, M_WAITOK);
        CompletableFuture<MemorySegment> waiter = waitFor(M_A, 64, 1);
        operator.limit(module, "a", 0, 63);
        assertThatThrownBy(waiter::join).cause().isInstanceOf(InvalidRequest.class);
    }

    @Test
    void aMemoryShortageGivesTheChargeBack() {
        malloc.malloc(1, M_B, M_WAITOK);
        operator.limit(module, "a", 0, 1L << 30);
        assertThat(malloc.malloc(16 << 20, M_A, M_NOWAIT)).isNull();
        assertThat(operator.limits(module, "a").used()).isZero();
        assertThat(operator.limits(module).used()).isZero();
    }

    @Test
    void reallocIsChargedForBothBlocksWhileItCopies() {
        operator.limit(module, "a", 0, 192);
        MemorySegment block = malloc.malloc(64, M_A, M_WAITOK);
        MemorySegment grown = requireNonNull(malloc.realloc(block, 128, M_A, M_NOWAIT));
        assertThat(operator.limits(module, "a").used()).isEqualTo(128);
        assertThat(malloc.realloc(grown, 64, M_A, M_NOWAIT)).isNotNull();
        assertThat(operator.limits(module, "a").used()).isEqualTo(64);
    }

    private List<MemorySegment> fill(MallocType type, long size) {
        List<MemorySegment> blocks = new ArrayList<>();
        for (MemorySegment block = malloc.malloc(size, type, M_NOWAIT);
                block != null;
                block = malloc.malloc(size, type, M_NOWAIT)) {
            blocks.add(block);
        }
        return blocks;
    }

    /** Starts a request in a new thread, and returns once {@code number} requests wait. */
    private CompletableFuture<MemorySegment> waitFor(MallocType type, long size, int number) {
        CompletableFuture<MemorySegment> block = new CompletableFuture<MemorySegment>().orTimeout(30, SECONDS);
        Thread.ofVirtual().start(() -> {
            try {
                block.complete(malloc.malloc(size, type, M_WAITOK));
            } catch (RuntimeException e) {
                block.completeExceptionally(e);
            }
        });
        awaitWaiting(number);
        return block;
    }

    private void awaitWaiting(int number) {
        while (operator.limits(module).waiting()
                        + operator.limits(module, "a").waiting()
                        + operator.limits(module, "b").waiting()
                < number) {
            assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
            LockSupport.parkNanos(100_000);
        }
    }
}
