package dev.malloc9.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the settings of a launch, and of the framework properties that follow from them. */
class SettingsTest {

    @TempDir
    private Path home;

    private final Properties system = new Properties();

    @BeforeEach
    void distribution() throws Exception {
        Files.createDirectory(home.resolve("conf"));
        Files.writeString(home.resolve("conf/config.properties"), "felix.cache=file\nvm.kmem_size=file\n");
        system.setProperty(Settings.HOME, home.toString());
        system.setProperty("sun.jnu.encoding", "UTF-8");
    }

    @Test
    void systemPropertiesOfTheFrameworkWin() throws Exception {
        system.setProperty("felix.cache", "system");
        system.setProperty("vm.kmem_size", "system");
        assertThat(framework()).containsEntry("felix.cache", "system").containsEntry("vm.kmem_size", "file");
    }

    @Test
    void aPathIsTakenLiterally() throws Exception {
        system.setProperty(Settings.LOAD, "/a$b/${c}/\\d");
        assertThat(framework()).containsEntry("felix.fileinstall.dir", "/a$__b/$__{c}/\\\\d");
    }

    @Test
    void anUndecodablePathIsRefused() {
        system.setProperty(Settings.LOAD, "/tmp/\uFFFD");
        assertThatThrownBy(() -> Settings.read(system))
                .isInstanceOf(BootFailed.class)
                .hasMessage("not in the encoding of this locale, UTF-8: /tmp/\uFFFD");
    }

    @Test
    void unreadablePropertiesAreRefused() throws Exception {
        Path file = home.resolve("conf/config.properties");
        Files.writeString(file, "a=\\u12");
        assertThatThrownBy(this::framework)
                .hasMessage(
                        "cannot read the framework's properties: IllegalArgumentException: Malformed \\uxxxx encoding.");
        Files.delete(file);
        assertThatThrownBy(this::framework)
                .hasMessage("cannot read the framework's properties: " + file + ": No such file or directory");
    }

    private Map<String, String> framework() throws BootFailed {
        PrivateFolder folder = PrivateFolder.create(home.toString());
        try {
            return Settings.read(system).framework(folder, system);
        } finally {
            folder.delete();
        }
    }
}
