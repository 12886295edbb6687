package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.NativeSort;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Tests the sampling of MemGuard by time: one block per interval is guarded, of any type. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class SamplerTest {

    /** An interval in milliseconds that does not elapse during a test. */
    private static final String NEVER = "1000000000";

    private final Subsystem kernel = new Subsystem();
    private final Owner owner = kernel.load("driver", M_A, M_B);

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void theNextRequestAfterATickIsTheSample() {
        set(NEVER);
        use();
        assertThat(isGuarded(malloc(100))).isFalse();
        tick();
        MemorySegment sample = malloc(100);
        assertThat(isGuarded(sample)).isTrue();
        assertThat(sample.byteSize()).isEqualTo(100);
        assertThat(isGuarded(malloc(100))).isFalse();
        assertThat(kernel.stats("a").bytesInUse()).isEqualTo(4 * 128);
        kernel.malloc().free(sample, M_A);
        assertThat(kernel.stats("a").inUse()).isEqualTo(3);
        assertThat(knob("samples")).isEqualTo(1);
        assertThatThrownBy(() -> kernel.rawMemory().getByte(sample.address())).isInstanceOf(GuardHit.class);
        kernel.guard.settle();
        assertThat(knob("blocks")).isZero();
        assertThatThrownBy(() -> kernel.rawMemory().getByte(sample.address())).isInstanceOf(GuardHit.class);
    }

    @Test
    void freedSampleInANativeCallStaysMapped() throws Exception {
        use();
        set(NEVER);
        tick();
        MemorySegment sample = malloc(100).fill((byte) 7);
        // The scope of the sample cannot end before the native call returns.
        NativeSort holder = NativeSort.hold(sample.asSlice(0, 2));
        kernel.malloc().free(sample, M_A);
        assertThat(sample.get(JAVA_BYTE, 99)).isEqualTo((byte) 7);
        assertThatThrownBy(() -> kernel.rawMemory().getByte(sample.address()))
                .isInstanceOfSatisfying(
                        GuardHit.class, hit -> assertThat(hit.kind()).isEqualTo(GuardHit.Kind.USE_AFTER_FREE));
        holder.end();
        while (sample.scope().isAlive()) {
            kernel.guard.settle();
        }
        assertThatThrownBy(() -> sample.get(JAVA_BYTE, 99)).isInstanceOf(IllegalStateException.class);
        kernel.guard.settle();
        assertThat(knob("blocks")).isZero();
    }

    @Test
    void gateIsClosedOnlyFromTickToSample() {
        use();
        MallocTypeInternal type = (MallocTypeInternal) Objects.requireNonNull(M_A.handle());
        set(NEVER);
        assertThat(type.gate()).isEqualTo(type.number);
        tick();
        assertThat(type.gate()).isEqualTo(-1);
        malloc(1);
        assertThat(type.gate()).isEqualTo(type.number);
        tick();
        set("0");
        assertThat(type.gate()).isEqualTo(type.number);
    }

    @Test
    void sampleIsTakenFromTypesThatAllocatedBefore() {
        set(NEVER);
        tick();
        assertThat(isGuarded(kernel.malloc().malloc(1, M_B, M_WAITOK))).isFalse();
        tick();
        malloc(1);
        assertThat(isGuarded(kernel.malloc().malloc(1, M_B, M_WAITOK))).isTrue();
        assertThat(knob("samples")).isEqualTo(1);
    }

    @Test
    void typeWithoutRequestsLosesItsTurn() {
        use();
        set(NEVER);
        tick();
        kernel.malloc().free(kernel.malloc().malloc(1, M_B, M_WAITOK), M_B);
        tick();
        assertThat(isGuarded(malloc(1))).isFalse();
        assertThat(isGuarded(kernel.malloc().malloc(1, M_B, M_WAITOK))).isTrue();
    }

    @Test
    void poolHoldsAtMost255Samples() {
        set(NEVER);
        List<MemorySegment> samples = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            use();
            tick();
            samples.add(malloc(10));
        }
        assertThat(knob("blocks")).isEqualTo(255);
        kernel.malloc().free(samples.getFirst(), M_A);
        use();
        tick();
        assertThat(isGuarded(malloc(10))).isTrue();
        assertThat(knob("samples")).isEqualTo(256);
    }

    @Test
    void reallocOfASampleIsASample() {
        set(NEVER);
        List<MemorySegment> samples = new ArrayList<>();
        for (int i = 0; i < 255; i++) {
            use();
            tick();
            samples.add(malloc(10));
        }
        for (MemorySegment sample : samples) {
            kernel.malloc().realloc(sample, 20, M_A, M_WAITOK);
        }
        for (int i = 0; i < 10; i++) {
            use();
            tick();
            malloc(10);
        }
        kernel.guard.settle();
        assertThat(knob("blocks")).isEqualTo(255);
    }

    /** A block that is guarded for another reason takes no place in the pool. */
    @Test
    void reallocOfASampleIsGuardedByDesc() {
        use();
        set(NEVER);
        tick();
        MemorySegment sample = malloc(10);
        kernel.sysctl().writeText("vm.memguard.desc", "a");
        assertThat(isGuarded(kernel.malloc().realloc(sample, 20, M_A, M_WAITOK)))
                .isTrue();
        assertThat(knob("samples")).isEqualTo(1);
        assertThat(knob("numalloc")).isEqualTo(2);
    }

    @Test
    void aRequestOfNoBytesLeavesTheSampleToTheNext() {
        use();
        set(NEVER);
        tick();
        assertThat(isGuarded(malloc(0))).isFalse();
        assertThat(isGuarded(malloc(1))).isTrue();
        assertThat(knob("samples")).isEqualTo(1);
    }

    @Test
    void retriedRequestIsStillTheSample() {
        AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
        Subsystem changing = new Subsystem() {
            @Override
            public @Nullable ModuleId moduleOf(Class<?> type) {
                Runnable change = meanwhile.getAndSet(null);
                if (change != null) {
                    change.run();
                }
                return null;
            }
        };
        try (changing) {
            changing.load("driver", M_C);
            changing.malloc().malloc(100, M_C, M_WAITOK);
            changing.sysctl().writeText("vm.memguard.sample_interval", NEVER);
            changing.subsystem.tickSampler();
            meanwhile.set(() -> changing.subsystem.operator().profile(true));
            MemorySegment sample = changing.malloc().malloc(100, M_C, M_WAITOK);
            assertThat(meanwhile.get()).isNull();
            assertThat(changing.guard.owns(sample.address())).isTrue();
            assertThat(changing.sysctl().readText("vm.memguard.samples")).isEqualTo("1");
            assertThat(changing.sysctl().readText("vm.memguard.numalloc")).isEqualTo("1");
            changing.guard.settle();
            assertThat(changing.sysctl().readText("vm.memguard.blocks")).isEqualTo("1");
        }
    }

    @Test
    void stopOfTheModuleEndsSampleAndTurn() {
        use();
        set(NEVER);
        tick();
        MemorySegment sample = malloc(10);
        use();
        tick();
        kernel.unload(owner);
        kernel.guard.settle();
        assertThatThrownBy(() -> sample.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        tick();
        kernel.load("driver", M_A);
        assertThat(isGuarded(malloc(10))).isFalse();
    }

    @Test
    void samplesAreTakenByTheClock() {
        set("1");
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (knob("samples") < 5 && System.nanoTime() - deadline < 0) {
            kernel.malloc().free(malloc(100), M_A);
        }
        assertThat(knob("samples")).isGreaterThanOrEqualTo(5);
    }

    private void use() {
        malloc(100);
    }

    private MemorySegment malloc(long bytes) {
        return kernel.malloc().malloc(bytes, M_A, M_WAITOK);
    }

    private boolean isGuarded(MemorySegment block) {
        return kernel.guard.owns(block.address());
    }

    private void tick() {
        kernel.subsystem.tickSampler();
    }

    private void set(String millis) {
        kernel.sysctl().writeText("vm.memguard.sample_interval", millis);
    }

    private long knob(String name) {
        return Long.parseLong(kernel.sysctl().readText("vm.memguard." + name));
    }
}
