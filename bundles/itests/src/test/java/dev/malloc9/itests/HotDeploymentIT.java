package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that a jar that is added to the watched folder is loaded, and that a jar that is removed is unloaded: with real files and a real
 * system.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
@SuppressWarnings("NullAway.Init") // boot() assigns the fields before each test
class HotDeploymentIT {

    private static final Duration PROMISED = Duration.ofSeconds(2);

    private static final String LEAK =
            "Warning: memory type leaky leaked memory on destroy (3 allocations, 6144 bytes leaked).";

    @TempDir
    private Path folder;

    private Path load;
    private LiveSystem system;

    @BeforeEach
    void boot() throws Exception {
        load = Files.createDirectory(folder.resolve("load"));
        system = LiveSystem.boot(folder, "--load", load.toString());
    }

    @AfterEach
    void halt() throws Exception {
        system.close();
    }

    @Test
    void jarIsLoadedAndUnloadedWithinTwoSeconds() throws Exception {
        long copied = System.nanoTime();
        drop("leaky");
        system.await("Loaded leaky, id=");
        Duration came = since(copied);
        assertThat(system.run("lb leaky")).anyMatch(line -> line.contains("Active") && line.contains("leaky"));

        long removed = System.nanoTime();
        Files.delete(load.resolve("leaky.jar"));
        system.await(LEAK);
        system.await("Unloaded leaky (load/leaky.jar was removed)");
        Duration went = since(removed);
        assertThat(system.run("kldstat")).noneMatch(line -> line.contains("leaky"));

        System.out.printf(
                Locale.ROOT,
                "hot deployment: running after %d ms, gone after %d ms%n",
                came.toMillis(),
                went.toMillis());
        assertThat(came).isLessThanOrEqualTo(PROMISED);
        assertThat(went).isLessThanOrEqualTo(PROMISED);
    }

    @Test
    void aReplacedJarIsUpdatedAndItsFormerLifeReported() throws Exception {
        drop("leaky");
        String id = system.await("Loaded leaky, id=").replaceFirst(".*id=(\\d+).*", "$1");
        changed("leaky", "leaky", Map.of("Bundle-Version", "2.0.0"));
        system.await(LEAK);
        system.await("Updated leaky, id=" + id + " (load/leaky.jar)");
        assertThat(system.run("kldstat"))
                .anyMatch(line -> line.matches(" *" + id + " +1 +6144 +leaky-2\\.0\\.0 +leaky"));
    }

    @Tag("script")
    @Test
    void jarThatCannotRunIsReportedOnce() throws Exception {
        drop("garbage");
        Files.writeString(load.resolve("text.jar"), "no jar at all");
        changed("leaky", "plain", Map.of("Bundle-SymbolicName", ""));
        system.awaitInAnyOrder(
                "can't load load/garbage.jar: malloc_init: bad malloc type magic",
                "can't load load/text.jar: not a whole jar",
                "can't load load/plain.jar: not a bundle");
        // Each of these changes makes File Install retry the bundles that it could not start. The messages must not be
        // repeated.
        for (int round = 0; round < 3; round++) {
            drop("leaky");
            system.await("Loaded leaky");
            Files.delete(load.resolve("leaky.jar"));
            system.await("Unloaded leaky");
        }
        assertThat(system.lines())
                .filteredOn(line -> line.contains("can't load"))
                .hasSize(3);
        assertThat(system.lines())
                .contains("can't load load/plain.jar: not a bundle: its manifest has no Bundle-SymbolicName");
        assertThat(system.run("panics"))
                .filteredOn(line -> line.contains("garbage"))
                .hasSize(1);
        assertThat(system.run("lb")).noneMatch(line -> line.contains("garbage"));
        assertThat(system.lines()).noneMatch(line -> line.contains("\tat "));
    }

    @Test
    void aHalfCopiedJarIsWaitedFor() throws Exception {
        byte[] whole = Files.readAllBytes(Distribution.DRIVERS.resolve("ether.jar"));
        Path jar = load.resolve("ether.jar");
        drop("mbuf");
        system.await("Loaded mbuf");
        int third = whole.length / 3;
        Files.write(jar, Arrays.copyOf(whole, third));
        system.await("can't load load/ether.jar: not a whole jar, or still being copied");
        Files.write(jar, Arrays.copyOfRange(whole, third, 2 * third), StandardOpenOption.APPEND);
        drop("leaky");
        system.await("Loaded leaky");
        Files.write(jar, Arrays.copyOfRange(whole, 2 * third, whole.length), StandardOpenOption.APPEND);
        system.await("Loaded ether, id=");
        assertThat(system.lines())
                .filteredOn(line -> line.contains("can't load"))
                .hasSize(1);
        assertThat(system.run("ether:replay")).anyMatch(line -> line.contains("frames"));
    }

    @Test
    void partialUpdateLeavesTheDriverRunning() throws Exception {
        drop("leaky");
        system.await("Loaded leaky");
        byte[] whole = Files.readAllBytes(load.resolve("leaky.jar"));
        Files.write(load.resolve("leaky.jar"), Arrays.copyOf(whole, whole.length / 2));
        system.await("can't load load/leaky.jar: not a whole jar, or still being copied");
        assertThat(system.run("kldstat")).anyMatch(line -> line.contains("leaky"));
        assertThat(system.lines()).doesNotContain(LEAK);
        Files.write(load.resolve("leaky.jar"), whole);
        system.await("Updated leaky");
    }

    @Test
    void jarIsLoadedWhenItsMissingModuleArrives() throws Exception {
        changed(
                "leaky",
                "a-needy",
                Map.of("Bundle-SymbolicName", "needy", "Require-Bundle", "dev.malloc9.samples.holder"));
        system.await("can't load load/a-needy.jar: it needs module holder, which is not loaded");
        drop("holder");
        system.await("Loaded holder");
        system.await("Loaded needy");
    }

    @Test
    void folderThatIsDeletedOrReplacedLoadsAgain() throws Exception {
        drop("leaky");
        system.await("Loaded leaky");
        Files.delete(load.resolve("leaky.jar"));
        Files.delete(load);
        system.await("Unloaded leaky (load/leaky.jar was removed)");
        Files.createDirectory(load);
        drop("leaky");
        system.await("Loaded leaky");
        // The files disappear together with the folder, and no event names them.
        Path away = folder.resolve("away");
        Files.move(load, away);
        system.await("Unloaded leaky (load/leaky.jar was removed)");
        // File Install has seen this file before, unchanged. It must be loaded again all the same.
        Files.move(away, load);
        system.await("Loaded leaky");
        Path successor = Files.createDirectory(folder.resolve("successor"));
        Files.copy(Distribution.DRIVERS.resolve("holder.jar"), successor.resolve("holder.jar"));
        Files.move(load, away);
        Files.move(successor, load);
        system.awaitInAnyOrder("Unloaded leaky (load/leaky.jar was removed)", "Loaded holder");
        assertThat(system.run("lb")).noneMatch(line -> line.contains("leaky"));
    }

    @Tag("script")
    @Test
    void folderThatIsMissingAtTheStartIsWatchedWhenItComes() throws Exception {
        Path later = folder.resolve("target/drivers");
        try (LiveSystem waiting = LiveSystem.boot(folder, "--load", "target/drivers")) {
            assertThat(waiting.lines())
                    .contains("felix-config/run: target/drivers does not exist yet; it is watched as soon as it does");
            Files.createDirectories(later);
            Files.copy(Distribution.DRIVERS.resolve("leaky.jar"), later.resolve("leaky.jar"));
            waiting.await("Loaded leaky, id=");
        }
    }

    @Tag("script")
    @Test
    void secondCopyIsLoadedWhenTheFirstIsGone() throws Exception {
        drop("leaky");
        system.await("Loaded leaky");
        Files.copy(load.resolve("leaky.jar"), load.resolve("z-copy.jar"));
        system.await("can't load load/z-copy.jar: module already loaded or in kernel");
        Files.delete(load.resolve("leaky.jar"));
        system.await("Unloaded leaky (load/leaky.jar was removed)");
        system.await("(load/z-copy.jar)");
        // The first copy becomes another module. It then no longer prevents the load of the second copy.
        drop("leaky");
        system.await("can't load load/leaky.jar: module already loaded or in kernel");
        changed("holder", "z-copy", Map.of("Built-By", "hand"));
        system.await("Updated holder");
        system.await("Loaded leaky");
    }

    @Test
    void moduleInUseIsReplacedAndRemovedWithItsUsers() throws Exception {
        drop("mbuf");
        system.await("Loaded mbuf");
        drop("ether");
        system.await("Loaded ether");
        changed("mbuf", "mbuf", Map.of("Built-By", "hand"));
        system.await("Updated mbuf");
        system.await("Restarted ether");
        assertThat(system.run("ether:replay")).anyMatch(line -> line.contains("frames"));
        assertThat(system.run("netstat -m")).anyMatch(line -> line.contains("mbufs in use"));
        Files.delete(load.resolve("mbuf.jar"));
        system.await("can't unload mbuf: Device busy (used by ether)");
        assertThat(system.run("ether:replay")).anyMatch(line -> line.contains("frames"));
        Files.delete(load.resolve("ether.jar"));
        system.await("Unloaded ether (load/ether.jar was removed)");
        system.await("Unloaded mbuf (load/mbuf.jar was removed)");
    }

    @Test
    void moduleOfKldloadIsNotUnloadedByTheFolder() throws Exception {
        drop("leaky");
        system.await("Loaded leaky");
        assertThat(system.run("kldload leaky"))
                .anyMatch(line -> line.contains("can't load leaky: module already loaded or in kernel"));
        assertThat(system.run("kldunload leaky")).contains(LEAK, "Unloaded leaky");
        assertThat(system.run("kldload leaky")).anyMatch(line -> line.contains("Loaded leaky"));
        // The module was loaded by kldload and does not belong to the file. The change of the file is refused, and its
        // removal unloads
        // nothing.
        changed("leaky", "leaky", Map.of("Built-By", "hand"));
        system.await("can't load load/leaky.jar: module already loaded or in kernel");
        Files.delete(load.resolve("leaky.jar"));
        drop("holder");
        system.await("Loaded holder");
        assertThat(system.run("kldstat")).anyMatch(line -> line.contains("leaky"));
        assertThat(system.run("kldunload leaky")).anyMatch(line -> line.contains("Unloaded leaky"));
    }

    @Tag("script")
    @Test
    void batchLoadsTheNamedFolderOnly() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.copy(Distribution.DRIVERS.resolve("leaky.jar"), other.resolve("leaky.jar"));
        Distribution.Run watching = Distribution.run(folder, "-l", "other", "-c", "kldstat");
        assertThat(watching.exit()).as(watching.err()).isZero();
        assertThat(watching.lines().getFirst()).startsWith("Loaded leaky, id=").endsWith(" (other/leaky.jar)");
        assertThat(watching.lines()).anyMatch(line -> line.matches(" *\\d+ +1 +6144 +leaky-.*"));
        Distribution.Run blind = Distribution.run(folder, "-c", "lb");
        assertThat(blind.lines()).noneMatch(line -> line.contains("File Install"));
        Distribution.Run lost = Distribution.run(folder, "-l", "nosuch", "-c", "lb");
        assertThat(lost.exit()).isEqualTo(2);
        assertThat(lost.err()).contains("no folder to watch: nosuch");
    }

    private void drop(String driver) throws IOException {
        Files.copy(
                Distribution.DRIVERS.resolve(driver + ".jar"),
                load.resolve(driver + ".jar"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Puts a copy of a driver with the given headers into the watched folder. A header with an empty value is removed from the manifest.
     */
    private void changed(String driver, String name, Map<String, String> headers) throws IOException {
        Path made = folder.resolve(name + ".jar");
        try (JarFile from =
                new JarFile(Distribution.DRIVERS.resolve(driver + ".jar").toFile())) {
            Manifest manifest = from.getManifest();
            headers.forEach(manifest.getMainAttributes()::putValue);
            manifest.getMainAttributes().values().removeIf(""::equals);
            try (OutputStream out = Files.newOutputStream(made);
                    JarOutputStream to = new JarOutputStream(out, manifest)) {
                for (JarEntry entry :
                        from.stream().filter(HotDeploymentIT::isContent).toList()) {
                    to.putNextEntry(new JarEntry(entry.getName()));
                    from.getInputStream(entry).transferTo(to);
                }
            }
        }
        Files.move(made, load.resolve(name + ".jar"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isContent(JarEntry entry) {
        return !entry.isDirectory() && !List.of(JarFile.MANIFEST_NAME).contains(entry.getName());
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
