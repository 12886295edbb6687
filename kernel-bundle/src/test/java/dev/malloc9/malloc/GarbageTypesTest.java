package dev.malloc9.malloc;

import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Owner;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests descriptors that no kernel accepts, random and deliberate: each is refused with a panic that is reported, and nothing changes. */
class GarbageTypesTest {

    private static final int ROUNDS = Integer.getInteger("malloc9.garbage", 100_000);

    private final Subsystem kernel = new Subsystem();
    private final Owner owner = new Owner(new ModuleId("garbage", "1", 3), "");

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void randomDescriptorsAreRefusedWithAPanic() {
        kernel.load("sound", M_A);
        List<TypeStats> before = kernel.subsystem.statistics().typeStats();
        Random random = new Random(11);
        for (int round = 0; round < ROUNDS; round++) {
            Descriptor garbage = garbage(random);
            List<Descriptor> declared = random.nextBoolean()
                    ? List.of(garbage)
                    : List.of(new Descriptor("fine", "", MallocType.M_MAGIC, "1.0.0"), garbage);
            assertThatThrownBy(() -> kernel.subsystem.register(owner, declared))
                    .as(garbage.toString())
                    .isInstanceOf(KernelPanic.class)
                    .hasMessageStartingWith("malloc_init: ");
            assertThat(kernel.panics).hasSize(1);
            assertThat(String.valueOf(kernel.panics.getFirst().getMessage())).matches("\\P{Cntrl}*");
            kernel.panics.clear();
        }
        assertThat(kernel.subsystem.statistics().typeStats()).isEqualTo(before);
        kernel.subsystem.register(owner, List.of(new Descriptor("fine", "", MallocType.M_MAGIC, "1.0.0")));
        assertThat(kernel.subsystem.statistics().typeStats()).hasSize(2);
    }

    /** Creates a descriptor in which at least one field is wrong. */
    private static Descriptor garbage(Random random) {
        @Nullable String name = "good";
        @Nullable Long magic = MallocType.M_MAGIC;
        @Nullable String version = "1.2.3";
        switch (random.nextInt(6)) {
            case 0 -> magic = random.nextLong() | (1L << 62);
            case 1 -> magic = MallocType.M_MAGIC ^ (1L << random.nextInt(64));
            case 2 -> magic = random.nextBoolean() ? null : (Long) 0L;
            case 3 -> name = random.nextBoolean() ? null : " ".repeat(random.nextInt(4));
            case 4 -> name = "a" + (char) random.nextInt(32) + random.nextInt() + (char) (127 + random.nextInt(33));
            default -> version = random.nextBoolean() ? "" : 2 + random.nextInt(100) + "." + random.nextInt(9);
        }
        return descriptor(name, magic, version);
    }

    private static Descriptor descriptor(@Nullable String name, @Nullable Long magic, @Nullable String version) {
        return new Descriptor(name, null, magic, version);
    }
}
