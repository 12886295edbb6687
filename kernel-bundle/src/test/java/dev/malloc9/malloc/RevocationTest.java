package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.NativeSleep;
import dev.malloc9.vm.NativeSort;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Tests that after a stop every view of the module's memory throws, whatever its kind, and in every thread. */
@Timeout(60)
class RevocationTest {

    private final Subsystem kernel = new Subsystem();
    private final Owner owner = kernel.load("driver", Subsystem.M_A);

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void stopRevokesSegmentsSlicesAndViews() {
        MemorySegment block = kernel.malloc().malloc(4_096, Subsystem.M_A, M_WAITOK);
        MemorySegment item = kernel.zones()
                .zcreate(ZoneRequest.of("items", 64, Subsystem.M_A))
                .zalloc(M_WAITOK);
        List<MemorySegment> segments = List.of(
                block,
                item,
                block.asSlice(100),
                block.asSlice(100, 10).asSlice(5, 1),
                block.asReadOnly(),
                block.reinterpret(8),
                MemorySegment.ofBuffer(block.asByteBuffer()),
                block.elements(ValueLayout.JAVA_LONG).skip(3).findFirst().orElseThrow());
        ByteBuffer buffer = block.asByteBuffer();
        List<ByteBuffer> buffers = List.of(
                buffer,
                buffer.slice(),
                buffer.slice(10, 20),
                buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN),
                buffer.asReadOnlyBuffer(),
                block.asSlice(7, 9).asByteBuffer());
        var longs = buffer.asLongBuffer();

        kernel.unload(owner);

        segments.forEach(segment -> assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed"));
        segments.forEach(segment ->
                assertThatThrownBy(() -> segment.asByteBuffer().get(0)).isInstanceOf(IllegalStateException.class));
        buffers.forEach(view -> assertThatThrownBy(() -> view.get(0)).isInstanceOf(IllegalStateException.class));
        assertThatThrownBy(() -> buffer.put(0, (byte) 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> longs.get(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> MemorySegment.copy(block, 0, MemorySegment.ofArray(new byte[8]), 0, 8))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void accessDuringRevocationThrows() throws InterruptedException {
        MemorySegment block = kernel.malloc().malloc(1 << 20, Subsystem.M_A, M_WAITOK);
        CountDownLatch begun = new CountDownLatch(2);
        Throwable[] ends = new Throwable[2];
        Thread[] readers = new Thread[2];
        for (int i = 0; i < readers.length; i++) {
            int reader = i;
            readers[i] = Thread.ofPlatform().start(() -> {
                try {
                    for (long round = 0; ; round++) {
                        block.fill((byte) round);
                        begun.countDown();
                    }
                } catch (IllegalStateException revoked) {
                    ends[reader] = revoked;
                }
            });
        }
        begun.await();
        kernel.unload(owner);
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(ends).allSatisfy(end -> assertThat(end).hasMessage("Already closed"));
    }

    @Test
    void aBlockOfAnotherBundleStaysWhenItsHolderStops() {
        Owner other = kernel.load("other", Subsystem.M_B);
        MemorySegment lent = kernel.malloc().malloc(100, Subsystem.M_B, M_WAITOK);
        kernel.unload(owner);
        lent.set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
        assertThat(lent.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
        kernel.unload(other);
        assertThatThrownBy(() -> lent.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    /** A close is refused and tried again while a native call is in flight. Meanwhile the thread that stops the module holds no lock. */
    @Test
    void stopClosesSegmentsWithoutALock() throws InterruptedException {
        MemorySegment buffer = kernel.malloc().malloc(16, Subsystem.M_A, M_WAITOK);
        NativeSort holder = NativeSort.hold(buffer);
        Thread stopper = Thread.ofPlatform().start(() -> kernel.unload(owner));
        boolean seen = false;
        while (!seen) {
            // If the first stop ends before a close is observed, the stop of another module tries the close again.
            ThreadInfo info = look(stopper);
            if (info != null && isClosing(info)) {
                seen = true;
                assertThat(Stream.of(info.getLockedSynchronizers()).map(Object::toString))
                        .isEmpty();
                // Monitors that code of the JDK holds are ignored.
                assertThat(info.getLockedMonitors())
                        .noneMatch(monitor ->
                                monitor.getLockedStackFrame().getClassName().startsWith("dev.malloc9"));
            } else if (!stopper.isAlive()) {
                stopper = Thread.ofPlatform().start(() -> kernel.unload(kernel.load("next", Subsystem.M_B)));
            }
        }
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("meanwhile", 64, freshType()));
        zone.zfree(zone.zalloc(M_WAITOK));
        holder.end();
        stopper.join();
        kernel.unload(kernel.load("last", Subsystem.M_B));
        assertThat(buffer.scope().isAlive()).isFalse();
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isZero();
    }

    /**
     * A stop ends the module's scope without holding a lock, and tries again while a native call uses the scope. By then, the numbers of
     * the module's types may belong to another module. In this test, other threads occupy all carriers, so the stopping virtual thread
     * stands still while that happens.
     */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
    void slowStopDoesNotRevokeBlocksOfOtherModules() throws InterruptedException {
        Owner slow = kernel.load("slow", Subsystem.M_B, Subsystem.M_C);
        MemorySegment buffer = kernel.malloc().malloc(16, Subsystem.M_B, M_WAITOK);
        kernel.subsystem.operator().level(Level.G);
        kernel.malloc().malloc(16, Subsystem.M_C, M_WAITOK);
        NativeSort holder = NativeSort.hold(buffer);
        Thread stopper = Thread.ofVirtual().start(() -> kernel.unload(slow));
        while (stopper.isAlive()
                && Arrays.stream(stopper.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().equals("dev.malloc9.malloc.type.Owner")
                                && frame.getMethodName().equals("revoke"))) {
            LockSupport.parkNanos(100_000);
        }
        AtomicBoolean done = new AtomicBoolean();
        int carriers = Runtime.getRuntime().availableProcessors();
        CountDownLatch busy = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Thread.ofVirtual().start(() -> {
                busy.countDown();
                while (!done.get()) {
                    NativeSleep.sleep();
                }
            });
        }
        busy.await();
        holder.end();
        kernel.unload(owner);
        kernel.load("next", Subsystem.M_A, Subsystem.M_B, Subsystem.M_C);
        List<MemorySegment> blocks = Stream.of(Subsystem.M_A, Subsystem.M_B, Subsystem.M_C)
                .map(type -> kernel.malloc().malloc(16, type, M_WAITOK))
                .toList();
        done.set(true);
        stopper.join();
        assertThat(buffer.scope().isAlive()).isFalse();
        assertThat(blocks).allMatch(block -> block.scope().isAlive());
    }

    private MallocType freshType() {
        kernel.load("meanwhile", Subsystem.M_C);
        return Subsystem.M_C;
    }

    private static @Nullable ThreadInfo look(Thread thread) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.getThreadInfo(new long[] {thread.threadId()}, true, true)[0];
    }

    private static boolean isClosing(ThreadInfo info) {
        return Arrays.stream(info.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("dev.malloc9.malloc.type.Owner")
                        && frame.getMethodName().equals("revoke"));
    }
}
