package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryTest {

    @MallocDefine(name = "wild", magic = 1234)
    private static final MallocType M_WILD = MallocType.define();

    private final Subsystem kernel = new Subsystem();
    private final Descriptor sound = descriptor("sound", MallocType.M_MAGIC, "1.0.0");

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void registrationAndRemovalOfATypeAreReported() {
        kernel.lives.clear();
        Owner owner = kernel.load("driver", Subsystem.M_A);
        kernel.unload(owner);
        assertThat(kernel.lives).containsExactly("+a", "-a");
    }

    @Test
    void aWrongMagicIsAPanic() {
        refused(
                "malloc_init: bad malloc type magic 3735928559 of type 'garbage' in driver 1 (7), expected 877983977",
                descriptor("garbage", 0xdeadbeefL, "1.0.0"));
    }

    @Test
    void aMissingMagicIsAPanic() {
        refused(
                "malloc_init: bad malloc type magic (none) of type 'garbage' in driver 1 (7), expected 877983977",
                descriptor("garbage", null, "1.0.0"));
    }

    @Test
    void magicIsCheckedFirst() {
        refused(
                "malloc_init: bad malloc type magic (none) of type '(none)' in driver 1 (7), expected 877983977",
                descriptor(null, null, "9"));
    }

    @Test
    void aTypeWithoutANameIsAPanic() {
        refused("malloc_init: a type of driver 1 (7) has no name", descriptor(null, MallocType.M_MAGIC, null));
        refused("malloc_init: a type of driver 1 (7) has no name", descriptor("", MallocType.M_MAGIC, null));
        refused("malloc_init: a type of driver 1 (7) has no name", descriptor("  ", MallocType.M_MAGIC, null));
    }

    @Test
    void aNameThatCouldForgeALineIsAPanic() {
        refused(
                "malloc_init: the name of type 'a\\u000ab\\u001b' in driver 1 (7) has control characters",
                descriptor("a\nb\u001b", MallocType.M_MAGIC, null));
    }

    @Test
    void aNameDeclaredTwiceIsAPanic() {
        refused("malloc_init: type 'sound' is declared twice in driver 1 (7)", sound);
    }

    @Test
    void aDescriptorOfAnotherMajorVersionIsAPanic() {
        for (String version : List.of("2.0.0", "0.9", "10.0.0", "2", "")) {
            refused(
                    "malloc_init: type 'new' in driver 1 (7) has a descriptor of version " + version
                            + ", this kernel speaks 1.0.0",
                    descriptor("new", MallocType.M_MAGIC, version));
        }
    }

    @Test
    void anOlderDescriptorOrANewerMinorOneIsRegistered() {
        kernel.subsystem.register(
                owner("driver"),
                List.of(
                        descriptor("older", MallocType.M_MAGIC, null),
                        descriptor("equal", MallocType.M_MAGIC, "1"),
                        descriptor("newer", MallocType.M_MAGIC, "1.7.2")));
        assertThat(kernel.subsystem.statistics().typeStats())
                .extracting(TypeStats::name)
                .containsExactly("older", "equal", "newer");
        assertThat(kernel.panics).isEmpty();
    }

    @Test
    void equalNamesOfTwoModulesCountApart() {
        kernel.load("first", Subsystem.M_A);
        kernel.malloc().malloc(1, Subsystem.M_A, M_WAITOK);
        kernel.subsystem.register(owner("second"), List.of(descriptor("a", MallocType.M_MAGIC, null)));
        assertThat(kernel.subsystem.statistics().typeStats())
                .extracting(TypeStats::allocs)
                .containsExactly(1L, 0L);
        assertThat(kernel.subsystem.statistics().typeStats())
                .extracting(type -> type.owner().name())
                .containsExactly("first", "second");
    }

    @Test
    void aTypeThatItsModuleDoesNotDeclareIsNotServed() {
        Owner owner = kernel.load("driver", Subsystem.M_A, Subsystem.M_B);
        MemorySegment block = kernel.malloc().malloc(1, Subsystem.M_A, M_WAITOK);
        assertThatThrownBy(() -> kernel.malloc().malloc(1, Subsystem.M_C, M_WAITOK))
                .isInstanceOf(UnregisteredType.class)
                .hasMessage("malloc: type 'c' is not registered: its module is gone");
        kernel.unload(owner);
        assertThatThrownBy(() -> kernel.malloc().malloc(1, Subsystem.M_A, M_WAITOK))
                .isInstanceOf(UnregisteredType.class)
                .hasMessage("malloc: type 'a' is not registered: its module is gone");
        assertThatThrownBy(() -> kernel.malloc().free(block, Subsystem.M_A))
                .isInstanceOf(UnregisteredType.class)
                .hasMessage("free: type 'a' is not registered: its module is gone");
        assertThat(kernel.subsystem.statistics().typeStats()).isEmpty();
    }

    @Test
    void typeWithABadMagicIsRefusedByMalloc() {
        Owner owner = owner("driver");
        kernel.adopt(M_WILD, owner);
        kernel.subsystem.register(owner, List.of(descriptor("wild", MallocType.M_MAGIC, null)));
        assertThatThrownBy(() -> kernel.malloc().malloc(1, M_WILD, M_WAITOK))
                .isExactlyInstanceOf(KernelPanic.class)
                .hasMessage("malloc: bad malloc type magic 1234 of type 'wild' in driver 1 (7)");
        assertThat(kernel.panics).hasSize(1);
        assertThat(kernel.stats("wild").allocs()).isZero();
    }

    @Test
    void typesBeyondTheLastNumberAreRefusedTogether() {
        for (int i = 0; i < 163; i++) {
            kernel.subsystem.register(owner("many"), hundred());
        }
        refusedList("malloc_init: no number left for the types of driver 1 (7)", hundred());
        kernel.subsystem.register(owner("last"), hundred().subList(0, 81));
        refusedList("malloc_init: no number left for the types of driver 1 (7)", List.of(sound));
    }

    private static List<Descriptor> hundred() {
        return IntStream.range(0, 100)
                .mapToObj(i -> descriptor("t" + i, MallocType.M_MAGIC, null))
                .toList();
    }

    private void refused(String message, Descriptor garbage) {
        refusedList(message, List.of(sound, garbage));
    }

    private void refusedList(String message, List<Descriptor> descriptors) {
        List<TypeStats> before = kernel.subsystem.statistics().typeStats();
        int panics = kernel.panics.size();
        assertThatThrownBy(() -> kernel.subsystem.register(owner("driver"), descriptors))
                .isExactlyInstanceOf(KernelPanic.class)
                .hasMessage(message);
        assertThat(kernel.subsystem.statistics().typeStats()).isEqualTo(before);
        assertThat(kernel.panics).hasSize(panics + 1);
        assertThat(kernel.panics.getLast()).hasMessage(message);
    }

    private static Descriptor descriptor(@Nullable String name, @Nullable Long magic, @Nullable String version) {
        return new Descriptor(name, null, magic, version);
    }

    private static Owner owner(String name) {
        return new Owner(new ModuleId(name, "1", 7), "");
    }
}
