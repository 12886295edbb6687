package dev.malloc9.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** Tests of the boot of Apache Felix with bundles that start, and with bundles whose start fails. */
@SuppressWarnings("NullAway.Init") // prepare() assigns the fields before each test
class BootTest {

    @TempDir
    private Path folder;

    private final List<String> steps = new ArrayList<>();
    private Boot boot;

    @BeforeEach
    void prepare() throws Exception {
        boot = new Boot(
                Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        folder.resolve("cache").toString(),
                        Constants.FRAMEWORK_BEGINNING_STARTLEVEL,
                        "9"),
                steps::add);
    }

    @AfterEach
    void stop() throws Exception {
        boot.framework().stop();
        boot.framework().waitForStop(0);
    }

    @Test
    void bundlesRunAtTheirLevels() throws Exception {
        boot.start(List.of(part("one", 1, Map.of()), part("two%41 #", 9, Map.of())));
        assertThat(boot.context().getBundles())
                .hasSize(3)
                .allMatch(bundle -> bundle.getState() == Bundle.ACTIVE)
                .extracting(bundle -> bundle.adapt(BundleStartLevel.class).getStartLevel())
                .containsExactly(0, 1, 9);
        assertThat(steps).endsWith("start one.jar", "start two%41 #.jar", "reach start level 10");
        assertThat(boot.framework().adapt(FrameworkStartLevel.class).getStartLevel())
                .isEqualTo(10);
    }

    @Test
    void aBundleThatDoesNotResolveIsNamed() throws Exception {
        List<Distribution.Part> parts = List.of(part("lost", 1, Map.of("Import-Package", "no.such.thing")));
        assertThatThrownBy(() -> boot.start(parts))
                .isInstanceOf(BootFailed.class)
                .hasMessageStartingWith("cannot start lost.jar: ")
                .hasMessageContaining("no.such.thing");
    }

    @Test
    void aBundleThatCannotBeInstalledIsNamed() throws Exception {
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        assertThatThrownBy(() -> boot.start(List.of(new Distribution.Part(text, 1))))
                .isInstanceOf(BootFailed.class)
                .hasMessageStartingWith("cannot install text.jar: ");
        Path missing = folder.resolve("missing.jar");
        assertThatThrownBy(() -> boot.start(List.of(new Distribution.Part(missing, 1))))
                .hasMessage("cannot install missing.jar: " + missing + ": No such file or directory");
    }

    private Distribution.Part part(String name, int level, Map<String, String> headers) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        attributes.putValue(Constants.BUNDLE_SYMBOLICNAME, name.replaceAll("[^a-z].*", ""));
        headers.forEach(attributes::putValue);
        Path jar = folder.resolve(name + ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream content = new JarOutputStream(out, manifest)) {
            content.flush();
        }
        return new Distribution.Part(jar, level);
    }
}
