package dev.malloc9.history;

import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Owner;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Row 11, 2009-06-05: a wrong magic at registration is fatal in production too, and so is the removal of a type that is not registered. */
class Row11BadMagicAtRegistrationTest {

    @MallocDefine(name = "stale", magic = 877_983_978)
    private static final MallocType M_STALE = MallocType.define();

    @Test
    void garbageIsRefusedAndTheRegistryUnchanged() {
        try (Subsystem kernel = new Subsystem()) {
            kernel.load("sound", M_A);
            List<TypeStats> before = kernel.subsystem.statistics().typeStats();
            assertThatThrownBy(() -> kernel.load("garbage", M_STALE))
                    .isInstanceOf(KernelPanic.class)
                    .hasMessageStartingWith("malloc_init: bad malloc type magic");
            Owner mixed = new Owner(new ModuleId("mixed", "1", 8), "");
            Descriptor sound = new Descriptor("b", null, MallocType.M_MAGIC, null);
            Descriptor old = new Descriptor("c", null, MallocType.M_MAGIC ^ 1, null);
            assertThatThrownBy(() -> kernel.subsystem.register(mixed, List.of(sound, old)))
                    .isInstanceOf(KernelPanic.class);
            assertThat(kernel.subsystem.statistics().typeStats())
                    .isEqualTo(before)
                    .hasSize(1);
            assertThat(kernel.panics).hasSize(2);
        }
    }

    @Test
    void unregisteringTwiceIsAnError() {
        try (Subsystem kernel = new Subsystem()) {
            Owner owner = kernel.load("driver", M_A);
            kernel.unload(owner);
            assertThatThrownBy(() -> kernel.unload(owner))
                    .isInstanceOf(KernelPanic.class)
                    .hasMessage("malloc_uninit: type 'a' not found");
            assertThat(kernel.panics).hasSize(1);
            kernel.load("again", M_A);
            assertThat(kernel.subsystem.statistics().typeStats()).hasSize(1);
        }
    }
}
