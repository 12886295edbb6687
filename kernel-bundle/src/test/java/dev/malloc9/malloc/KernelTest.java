package dev.malloc9.malloc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.malloc.statsfile.Snapshot;
import dev.malloc9.vm.VirtualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The base class of tests of an embedded kernel: a kernel map of 64 MiB by default, and two types. */
abstract class KernelTest {

    /** The boot parameters of a test class's kernel. */
    @Retention(RetentionPolicy.RUNTIME)
    @interface BootedWith {
        String sizeClasses() default "pages";

        /** True if the statistics are also written to a file. After each test, the file must agree with the kernel. */
        boolean recorded() default false;
    }

    @MallocDefine(name = "foo", description = "What the tests allocate")
    static final MallocType M_FOO = MallocType.define();

    @MallocDefine(name = "bar")
    static final MallocType M_BAR = MallocType.define();

    private final @Nullable Path folder;
    final Kernel kernel;
    final Malloc malloc;

    KernelTest() {
        this(64L << 20);
    }

    KernelTest(long kmemSize) {
        BootedWith boot = getClass().getAnnotation(BootedWith.class);
        // The default is "pages", because most expected figures in tests are of FreeBSD's powers of two, which it
        // contains.
        String classes = boot == null ? "pages" : boot.sizeClasses();
        folder = boot != null && boot.recorded() ? newFolder() : null;
        kernel = Kernel.boot(
                withClasses(classes, kmemSize).withStatsFile(folder == null ? "" : folder + "/stats"),
                new VirtualClock());
        malloc = kernel.malloc();
    }

    @AfterEach
    void stop() throws IOException {
        try (kernel) {
            if (folder != null) {
                assertThatTheFileSaysWhatTheKernelSays(folder.resolve("stats"));
            }
        } finally {
            if (folder != null) {
                Files.delete(folder.resolve("stats"));
                Files.delete(folder);
            }
        }
    }

    private void assertThatTheFileSaysWhatTheKernelSays(Path file) throws IOException {
        Map<String, Snapshot.Stats> live = kernel.runtime().types().stream()
                .collect(Collectors.toMap(
                        TypeStats::name,
                        type -> new Snapshot.Stats(
                                type.allocated(), type.freed(), type.allocs(), type.frees(), type.sizeMask())));
        assertThat(Snapshot.of(file).types()).containsExactlyInAnyOrderEntriesOf(live);
        assertThat(Snapshot.of(file).stream())
                .as("with the records of each CPU")
                .isEqualTo(kernel.sysctl().read("kern.malloc_stats"));
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("malloc9");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tunables withClasses(String preset, long kmemSize) {
        return Tunables.from(name -> switch (name) {
            case "vm.kmem_size" -> Long.toString(kmemSize);
            case "vm.malloc.size_classes" -> preset;
            default -> null;
        });
    }

    /** Returns the statistics of the two types of the tests. */
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
