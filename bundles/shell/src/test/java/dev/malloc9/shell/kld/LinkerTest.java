package dev.malloc9.shell.kld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleWiring;

@DisplayName("Dependencies between modules, in a framework")
class LinkerTest {

    private static final String ACTIVATOR = Constants.BUNDLE_ACTIVATOR;
    private static final String EXPORT = Constants.EXPORT_PACKAGE;
    private static final String IMPORT = Constants.IMPORT_PACKAGE;

    @TempDir
    Path folder;

    private Framework framework;
    private Linker linker;

    @BeforeEach
    void boot() throws Exception {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString()));
        framework.start();
        linker = new Linker(framework.getBundleContext(), new Starter(framework.getBundleContext()));
    }

    @AfterEach
    void halt() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    @Test
    void chainOfDependenciesIsLoadedFirst() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("cam", Map.of(IMPORT, "disk", EXPORT, "cam"));
        module("card", Map.of(Constants.REQUIRE_BUNDLE, "cam"));
        assertThat(load("card")).containsExactly("Loaded disk, id=3", "Loaded cam, id=2", "Loaded card, id=1");
        assertThat(framework.getBundleContext().getBundles()).allMatch(bundle -> bundle.getState() == Bundle.ACTIVE);
    }

    @Test
    void dependencyOnCapabilityIsLoaded() throws Exception {
        module("bus", Map.of(Constants.PROVIDE_CAPABILITY, "bus;bus=pci"));
        module("isa", Map.of(Constants.PROVIDE_CAPABILITY, "bus;bus=isa"));
        module("card", Map.of(Constants.REQUIRE_CAPABILITY, "bus;filter:=\"(bus=pci)\""));
        assertThat(load("card")).containsExactly("Loaded bus, id=2", "Loaded card, id=1");
    }

    @Test
    void dependencyOfHighestVersionIsLoaded() throws Exception {
        module("disk-1", Map.of(EXPORT, "disk;version=1.0.0"));
        module("disk-3", Map.of(EXPORT, "disk;version=3.0.0"));
        module("disk-2", Map.of(EXPORT, "disk;version=2.9.9"));
        module("card", Map.of(IMPORT, "disk;version=\"[1,3)\""));
        assertThat(load("card")).hasSize(2).first().asString().startsWith("Loaded disk-2, id=");
    }

    @Test
    void optionalDependencyIsNotLoaded() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("card", Map.of(IMPORT, "disk;resolution:=optional"));
        assertThat(load("card")).containsExactly("Loaded card, id=1");
    }

    @Test
    void missingDependencyOfDependencyIsNamed() throws Exception {
        module("cam", Map.of(IMPORT, "disk", EXPORT, "cam"));
        module("card", Map.of(IMPORT, "cam"));
        assertThatThrownBy(() -> load("card"))
                .hasMessage("can't load card: it needs module cam, which can't be loaded: "
                        + "it needs package disk, which no loaded module exports");
        assertNothingStays();
    }

    @Test
    void dependencyThatDoesNotStartLeavesNothing() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("cam", Map.of(IMPORT, "org.osgi.framework, disk", EXPORT, "cam", ACTIVATOR, Throwing.class.getName()));
        module("card", Map.of(IMPORT, "cam"));
        assertThatThrownBy(() -> load("card"))
                .hasMessage("can't load card: it needs module cam, which can't be loaded: "
                        + "its activator failed: java.lang.IllegalStateException: no card");
        assertNothingStays();
    }

    @Test
    void moduleThatDoesNotStartTakesDependenciesAlong() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("card", Map.of(IMPORT, "org.osgi.framework, disk", ACTIVATOR, Throwing.class.getName()));
        assertThatThrownBy(() -> load("card"))
                .hasMessage("can't load card: its activator failed: java.lang.IllegalStateException: no card");
        assertNothingStays();
    }

    @Test
    void dependencyGoesWithItsLastUser() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("card", Map.of(IMPORT, "disk"));
        module("tape", Map.of(IMPORT, "disk"));
        load("card");
        load("tape");
        assertThat(unload("card", false)).containsExactly("Unloaded card");
        assertThat(unload("tape", false)).containsExactly("Unloaded tape", "Unloaded disk");
        load("disk");
        load("card");
        assertThat(unload("card", false)).containsExactly("Unloaded card");
        assertThat(bundle("disk").getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void usedModuleIsBusyAndNamesItsUsers() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("card", Map.of(IMPORT, "disk"));
        module("tape", Map.of(IMPORT, "disk"));
        load("disk");
        load("card");
        load("tape");
        assertThatThrownBy(() -> unload("disk", false))
                .hasMessage("can't unload disk: Device busy (used by card, tape)");
        bundle("card").stop();
        bundle("tape").stop();
        assertThat(unload("disk", false)).containsExactly("Unloaded disk");
    }

    @Test
    void forcedUnloadTakesUsersFirst() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("cam", Map.of(IMPORT, "disk", EXPORT, "cam"));
        module("card", Map.of(IMPORT, "cam, disk"));
        load("disk");
        load("card");
        assertThat(unload("disk", true)).containsExactly("Unloaded card", "Unloaded cam", "Unloaded disk");
        assertNothingStays();
    }

    @Test
    void forcedUnloadDoesNotTakeTheSystem() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("dev.malloc9.shell", Map.of(IMPORT, "disk"));
        load("dev.malloc9.shell");
        assertThatThrownBy(() -> unload("disk", true)).hasMessage("can't unload disk: the system itself stands on it");
        assertThat(bundle("dev.malloc9.shell").getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void usersAreWiredToTheReloadedModule() throws Exception {
        module("disk", Map.of(EXPORT, "disk", IMPORT, "disk"));
        module("card", Map.of(IMPORT, "disk"));
        load("disk");
        load("card");
        bundle("disk").uninstall();
        load("disk");
        assertThat(providerOf("card")).isEqualTo(bundle("disk"));
        assertThat(bundle("card").getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(bundle("disk").adapt(BundleWiring.class).getRequiredWires(null))
                .isEmpty();
    }

    @Test
    void updateRestartsTheUsersWithTheNewContent() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("cam", Map.of(IMPORT, "disk", EXPORT, "cam"));
        module("card", Map.of(IMPORT, "cam"));
        load("card");
        module("disk", Map.of(EXPORT, "disk", Constants.BUNDLE_VERSION, "2.0.0"));
        assertThat(linker.update("disk", bundle("disk"), folder.resolve("disk.jar")))
                .containsExactly("Updated disk, id=3", "Restarted cam, id=2", "Restarted card, id=1");
        assertThat(providerOf("cam")).isEqualTo(bundle("disk"));
        assertThat(bundle("cam").adapt(BundleWiring.class).getRequiredWires(null))
                .singleElement()
                .satisfies(
                        wire -> assertThat(wire.getProviderWiring().isCurrent()).isTrue());
    }

    @Test
    void userThatAnUpdateBreaksIsReported() throws Exception {
        module("disk", Map.of(EXPORT, "disk"));
        module("card", Map.of(IMPORT, "disk"));
        load("card");
        module("disk", Map.of());
        assertThat(linker.update("disk", bundle("disk"), folder.resolve("disk.jar")))
                .containsExactly(
                        "Updated disk, id=2",
                        "can't restart card: it needs package disk, which no loaded module exports");
    }

    @Test
    void failedUpdateReportsThatTheModuleDoesNotRun() throws Exception {
        System.setProperty(Throwing.PASSES, "");
        try {
            module("card", Map.of(IMPORT, "org.osgi.framework", ACTIVATOR, Throwing.class.getName()));
            load("card");
            Map<String, String> twice = Map.of(IMPORT, "disk, disk");
            module("card", twice);
            assertThatThrownBy(() -> linker.update("card", bundle("card"), folder.resolve("card.jar")))
                    .hasMessageContaining("can't update card from card: ")
                    .hasMessageEndingWith(" (the former content runs on)");
            System.clearProperty(Throwing.PASSES);
            assertThatThrownBy(() -> linker.update("card", bundle("card"), folder.resolve("card.jar")))
                    .hasMessageContaining("can't update card from card: ")
                    .hasMessageEndingWith(
                            "\ncan't load card: its activator failed: java.lang.IllegalStateException: no card");
            assertNothingStays();
        } finally {
            System.clearProperty(Throwing.PASSES);
        }
    }

    @Test
    void versionOfMissingBundleIsNamed() throws Exception {
        module("card", Map.of(Constants.REQUIRE_BUNDLE, "cam;bundle-version=\"[1.2,2)\""));
        assertThatThrownBy(() -> load("card")).hasMessageContaining("cam [1.2.0,2.0.0)");
    }

    private List<String> load(String name) {
        return linker.load(name, folder.resolve(name + ".jar"), List.of(folder));
    }

    private List<String> unload(String name, boolean force) {
        return linker.unload(bundle(name), force);
    }

    private Bundle bundle(String name) {
        return Stream.of(framework.getBundleContext().getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    private Bundle providerOf(String user) {
        return bundle(user)
                .adapt(BundleWiring.class)
                .getRequiredWires(null)
                .getFirst()
                .getProvider()
                .getBundle();
    }

    private void assertNothingStays() {
        assertThat(framework.getBundleContext().getBundles()).containsExactly(framework);
    }

    /** Writes a bundle with the given symbolic name and headers, and with the activator below. */
    private void module(String name, Map<String, String> headers) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        attributes.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        headers.forEach(attributes::putValue);
        String path = Throwing.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(folder.resolve(name + ".jar"));
                JarOutputStream jar = new JarOutputStream(out, manifest);
                InputStream content = LinkerTest.class.getClassLoader().getResourceAsStream(path)) {
            jar.putNextEntry(new ZipEntry(path));
            Objects.requireNonNull(content).transferTo(jar);
        }
    }

    /** An activator whose start throws an exception, unless a system property is set. */
    public static final class Throwing implements BundleActivator {

        static final String PASSES = "malloc9.test.passes";

        @Override
        public void start(BundleContext context) {
            if (System.getProperty(PASSES) == null) {
                throw new IllegalStateException("no card");
            }
        }

        @Override
        public void stop(BundleContext context) {}
    }
}
