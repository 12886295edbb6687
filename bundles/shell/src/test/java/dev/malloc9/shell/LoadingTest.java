package dev.malloc9.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.shell.kld.Linker;
import dev.malloc9.shell.kld.Starter;
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
import java.util.zip.ZipEntry;
import org.apache.felix.framework.FrameworkFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;

@DisplayName("kldload and kldunload in a framework")
class LoadingTest {

    private static final String ACTIVATOR = Constants.BUNDLE_ACTIVATOR;
    private static final String IMPORT = Constants.IMPORT_PACKAGE;

    @TempDir
    Path folder;

    private Path drivers;
    private Framework framework;
    private Kldload kldload;
    private Kldunload kldunload;

    @BeforeEach
    void boot() throws Exception {
        drivers = Files.createDirectory(folder.resolve("drivers"));
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString(),
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "dev.malloc9.api",
                        Drivers.FOLDER, drivers.toString()));
        framework.start();
        BundleContext context = framework.getBundleContext();
        Linker linker = new Linker(context, new Starter(context));
        kldload = new Kldload(context, linker);
        kldunload = new Kldunload(context, new RunningKernel(), linker);
    }

    @AfterEach
    void halt() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    @Test
    void driverIsLoadedAndUnloadedByName() throws Exception {
        jar(drivers.resolve("ether.jar"), "ether", Map.of());
        assertThat(load("ether")).isEqualTo("Loaded ether, id=1");
        assertThat(bundle(1).getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(kldunload.unload("ether", false)).isEqualTo("Unloaded ether");
        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
    }

    @Test
    void aPathIsAFileThatStartsAtTheWorkingFolder() throws Exception {
        jar(folder.resolve("my driver.jar"), "mine", Map.of());
        assertThat(load("my driver.jar")).isEqualTo("Loaded mine, id=1");
        assertThat(kldunload.unload("1", false)).isEqualTo("Unloaded mine");
        assertThat(load("drivers/../my driver.jar")).isEqualTo("Loaded mine, id=2");
    }

    @Test
    void missingModuleIsReportedWithTheAvailableOnes() throws Exception {
        jar(drivers.resolve("leaky.jar"), "leaky", Map.of());
        jar(drivers.resolve("ether.jar"), "ether", Map.of());
        assertThatThrownBy(() -> load("eter"))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("can't load eter: No such file or directory (drivers in " + drivers + ": ether, leaky)");
        assertThatThrownBy(() -> load("./eter")).hasMessage("can't load ./eter: No such file or directory");
        assertThatThrownBy(() -> kldunload.unload("eter", false)).hasMessage("can't find file eter");
    }

    @Test
    void aModuleIsLoadedOnce() throws Exception {
        jar(drivers.resolve("ether.jar"), "ether", Map.of());
        jar(folder.resolve("copy.jar"), "ether", Map.of());
        load("ether");
        assertThatThrownBy(() -> load("ether")).hasMessage("can't load ether: module already loaded or in kernel");
        assertThatThrownBy(() -> load("copy.jar"))
                .hasMessage("can't load copy.jar: module already loaded or in kernel");
        bundle(1).stop();
        assertThatThrownBy(() -> load("ether"))
                .hasMessage("can't load ether: module already loaded or in kernel (bundle 1 is stopped: start 1)");
        assertThat(framework.getBundleContext().getBundles()).hasSize(2);
    }

    @Test
    void twoVersionsAreToldApart() throws Exception {
        jar(folder.resolve("1.jar"), "ether", Map.of());
        jar(folder.resolve("2.jar"), "ether", Map.of(Constants.BUNDLE_VERSION, "2.0.0"));
        load("1.jar");
        load("2.jar");
        assertThatThrownBy(() -> kldunload.unload("ether", false))
                .hasMessage(
                        "can't unload ether: the name is ambiguous, say which id: 1 (ether-1.0.0), 2 (ether-2.0.0)");
        assertThat(kldunload.unload("ether-1.0.0", false)).isEqualTo("Unloaded ether");
        assertThat(bundle(2).getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void panicIsReportedAndTheModuleIsUninstalled() throws Exception {
        jar(drivers.resolve("garbage.jar"), "garbage", Map.of(ACTIVATOR, Panicking.class.getName()));
        assertThatThrownBy(() -> load("garbage")).hasMessage("can't load garbage: malloc_init: bad malloc type magic");
        assertNothingStays();
    }

    @Test
    void anActivatorThatThrowsLeavesNothing() throws Exception {
        jar(drivers.resolve("broken.jar"), "broken", Map.of(ACTIVATOR, Throwing.class.getName()));
        assertThatThrownBy(() -> load("broken"))
                .hasMessage("can't load broken: its activator failed: java.lang.IllegalStateException: no card\\n");
        assertNothingStays();
    }

    @Test
    void aBundleThatIsStoppedWhileItStartsLeavesNothing() throws Exception {
        framework.getBundleContext().addBundleListener((SynchronousBundleListener) event -> {
            if (event.getType() == BundleEvent.STARTED) {
                try {
                    event.getBundle().stop();
                } catch (BundleException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        jar(drivers.resolve("handmade.jar"), "handmade", Map.of());
        assertThatThrownBy(() -> load("handmade")).hasMessage("can't load handmade: it was stopped while it started");
        assertNothingStays();
    }

    @Test
    void aMissingRequirementIsSaidInPlainWords() throws Exception {
        assertThat(refusal(IMPORT, "card.api;version=\"[1.0,2)\""))
                .isEqualTo("it needs package card.api [1.0.0,2.0.0), which no loaded module exports");
        assertThat(refusal(IMPORT, "org.osgi.framework, card.api;version=3"))
                .isEqualTo("it needs package card.api 3.0.0 or newer, which no loaded module exports");
        assertThat(refusal(Constants.REQUIRE_BUNDLE, "card")).isEqualTo("it needs module card, which is not loaded");
        assertThat(
                        refusal(
                                Constants.REQUIRE_CAPABILITY,
                                "osgi.implementation;filter:=\"(&(osgi.implementation=malloc9)(version>=1.0.0)(!(version>=2.0.0)))\""))
                .isEqualTo("it needs a malloc9 kernel [1.0.0,2.0.0), and none is installed");
        assertThat(refusal(Constants.REQUIRE_CAPABILITY, "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\""))
                .isEqualTo("it needs JavaSE 99, and this is Java "
                        + Runtime.version().feature());
        assertThat(refusal(Constants.REQUIRE_CAPABILITY, "osgi.ee;filter:=\"(osgi.ee=UNKNOWN)\""))
                .isEqualTo(
                        "it needs execution environment UNKNOWN: the bnd that built it is older than its class files;"
                                + " build it with -noee: true, or a newer bnd");
        assertThat(refusal(Constants.REQUIRE_CAPABILITY, "card;filter:=\"(irq=5)\""))
                .isEqualTo("it needs card (irq=5), which no loaded module provides");
        assertNothingStays();
    }

    @Test
    void aFileThatIsNoBundleIsRefused() throws Exception {
        Files.writeString(folder.resolve("text.jar"), "not a jar");
        assertThatThrownBy(() -> load("text.jar")).hasMessageStartingWith("can't load text.jar: ");
        jar(folder.resolve("plain.jar"), null, Map.of());
        assertThatThrownBy(() -> load("plain.jar"))
                .hasMessage("can't load plain.jar: not a bundle: its manifest has no Bundle-SymbolicName");
        assertThatThrownBy(() -> load("drivers/")).hasMessageStartingWith("can't load drivers/: ");
        assertNothingStays();
    }

    @Test
    void unloadOfTheSystemIsRefused() throws Exception {
        jar(folder.resolve("kernel.jar"), "dev.malloc9.kernel", Map.of());
        load("kernel.jar");
        assertThatThrownBy(() -> kldunload.unload("0", false)).hasMessageContaining("the system itself stands on it");
        assertThatThrownBy(() -> kldunload.unload("dev.malloc9.kernel", false))
                .hasMessage("can't unload kernel: the system itself stands on it");
        assertThat(bundle(1).getState()).isEqualTo(Bundle.ACTIVE);
    }

    @Test
    void aStopThatThrowsIsToldAfterTheModuleIsGone() throws Exception {
        jar(drivers.resolve("sticky.jar"), "sticky", Map.of(ACTIVATOR, ThrowingAtStop.class.getName()));
        load("sticky");
        assertThatThrownBy(() -> kldunload.unload("sticky", false))
                .hasMessage("Unloaded sticky, but its stop failed: java.lang.IllegalStateException: busy");
        assertNothingStays();
    }

    private String load(String name) {
        return kldload.load(name, folder);
    }

    private String refusal(String header, String value) throws IOException {
        jar(drivers.resolve("needy.jar"), "needy", Map.of(header, value));
        try {
            return load("needy");
        } catch (CommandFailed e) {
            return String.valueOf(e.getMessage()).replace("can't load needy: ", "");
        }
    }

    private Bundle bundle(long id) {
        return framework.getBundleContext().getBundle(id);
    }

    private void assertNothingStays() {
        assertThat(framework.getBundleContext().getBundles()).containsExactly(framework);
    }

    /** Writes a bundle with the activators below. If the symbolic name is null, the manifest has no OSGi header except the given ones. */
    private static void jar(Path file, @Nullable String symbolicName, Map<String, String> headers) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (symbolicName != null) {
            attributes.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
            attributes.putValue(Constants.BUNDLE_SYMBOLICNAME, symbolicName);
            attributes.putValue(Constants.BUNDLE_VERSION, "1.0.0");
            attributes.putValue(IMPORT, "org.osgi.framework, dev.malloc9.api");
        }
        headers.forEach(attributes::putValue);
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            for (Class<?> activator : List.of(Panicking.class, Throwing.class, ThrowingAtStop.class)) {
                String path = activator.getName().replace('.', '/') + ".class";
                jar.putNextEntry(new ZipEntry(path));
                try (InputStream in = LoadingTest.class.getClassLoader().getResourceAsStream(path)) {
                    Objects.requireNonNull(in).transferTo(jar);
                }
            }
        }
    }

    /** An activator whose start fails with a kernel panic as the cause. */
    public static final class Panicking implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            throw new IllegalStateException("outer", new KernelPanic("malloc_init: bad malloc type magic"));
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** An activator whose start throws an exception. */
    public static final class Throwing implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            throw new IllegalStateException("no card\n");
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** An activator whose stop throws an exception. */
    public static final class ThrowingAtStop implements BundleActivator {
        @Override
        public void start(BundleContext context) {}

        @Override
        public void stop(BundleContext context) {
            throw new IllegalStateException("busy");
        }
    }
}
