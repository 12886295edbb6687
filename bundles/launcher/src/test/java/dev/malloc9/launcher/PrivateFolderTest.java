package dev.malloc9.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the private folder of a launch. */
class PrivateFolderTest {

    @TempDir
    private Path parent;

    @Test
    void deletionKeepsTheTargetsOfLinks() throws Exception {
        Path outside = Files.writeString(
                Files.createDirectory(parent.resolve("outside")).resolve("file"), "kept");
        PrivateFolder folder = PrivateFolder.create(parent.toString());
        Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("file"), "deleted");
        Files.createSymbolicLink(folder.resolve("link"), outside.getParent());
        folder.delete();
        assertThat(parent).isDirectoryNotContaining(path -> !path.endsWith("outside"));
        assertThat(outside).hasContent("kept");
    }

    @Test
    void aMissingParentIsRefused() {
        String missing = parent.resolve("nosuch").toString();
        assertThatThrownBy(() -> PrivateFolder.create(missing))
                .isInstanceOf(BootFailed.class)
                .hasMessage("TMPDIR is not a folder: " + missing);
    }
}
