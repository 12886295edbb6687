package dev.malloc9.benchmarks.allocators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AblatedKernelTest {

    private static final Path SOURCES = Path.of("../../kernel-bundle/src/main/java");

    @TempDir
    private Path folder;

    @Test
    void kernelCompilesWithoutStatistics() throws IOException {
        AblatedKernel.compile(SOURCES, List.of(Ablation.STATISTICS), folder.resolve("classes"));
        assertThat(folder.resolve("classes/dev/malloc9/malloc/alloc/Allocator.class"))
                .exists();
    }

    @Test
    void kernelCompilesWithoutBothParts() throws IOException {
        AblatedKernel.compile(SOURCES, List.of(Ablation.TAGS, Ablation.STATISTICS), folder);
        assertThat(folder.resolve("dev/malloc9/malloc/alloc/Allocator.class")).exists();
        assertThat(folder.resolve("dev/malloc9/malloc/block/CachedItems.class")).exists();
        assertThat(folder.resolve("dev/malloc9/malloc/block/FreeDiagnosis.class"))
                .exists();
        assertThat(Files.readString(folder.resolve("Allocator.java")))
                .doesNotContain("TagSpace.store", "Counters.ALLOCS");
    }

    @Test
    void sourceThatHasChangedIsNamed() throws IOException {
        Path changed = Files.createDirectories(folder.resolve("dev/malloc9/malloc/alloc"));
        Files.writeString(changed.resolve("Allocator.java"), "row[Counters.ALLOCS + zone] += 1;");
        assertThatThrownBy(() -> AblatedKernel.compile(folder, List.of(Ablation.STATISTICS), folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("alloc/Allocator.java does not contain once: row[Counters.ALLOCS + zone]++;");
    }
}
