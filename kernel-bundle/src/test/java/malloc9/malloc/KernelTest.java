package malloc9.malloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import malloc9.api.Malloc;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.api.runtime.TypeStats;
import malloc9.kernel.Kernel;
import malloc9.kernel.Tunables;
import malloc9.vm.VirtualClock;
import org.junit.jupiter.api.AfterEach;

/** What tests of a whole, embedded kernel have: one of 64 MiB, and two types. */
abstract class KernelTest {

    /** What the kernel of a test class is booted with. */
    @Retention(RetentionPolicy.RUNTIME)
    @interface BootedWith {
        String sizeClasses();
    }

    @MallocDefine(name = "foo", description = "What the tests allocate")
    static final MallocType M_FOO = MallocType.define();

    @MallocDefine(name = "bar")
    static final MallocType M_BAR = MallocType.define();

    final Kernel kernel;
    final Malloc malloc;

    KernelTest() {
        this(64L << 20);
    }

    KernelTest(long kmemSize) {
        BootedWith boot = getClass().getAnnotation(BootedWith.class);
        // FreeBSD's powers of two are what most figures of tests are about.
        String classes = boot == null ? "pages" : boot.sizeClasses();
        kernel = Kernel.boot(withClasses(classes, kmemSize), new VirtualClock());
        malloc = kernel.malloc();
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    private static Tunables withClasses(String preset, long kmemSize) {
        return Tunables.from(name -> switch (name) {
            case "vm.kmem_size" -> Long.toString(kmemSize);
            case "vm.malloc.size_classes" -> preset;
            default -> null;
        });
    }

    /** The statistics of the tests' types. */
    List<TypeStats> stats() {
        return kernel.runtime().types().stream()
                .filter(type -> type.name().equals("foo") || type.name().equals("bar"))
                .toList();
    }

    TypeStats stats(String name) {
        return stats().stream()
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void assertStats(String name, long allocs, long frees, long allocated, long freed, int sizeMask) {
        TypeStats stats = stats(name);
        assertThat(List.of(stats.allocs(), stats.frees(), stats.allocated(), stats.freed(), (long) stats.sizeMask()))
                .as("allocs, frees, allocated, freed, size mask of " + name)
                .containsExactly(allocs, frees, allocated, freed, (long) sizeMask);
    }
}
