package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.OsgiTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.felix.service.command.CommandProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;

/** Tests that an operator can change the limit of the ramdisk while the disk is in use. */
@OsgiTest
@SuppressWarnings("NullAway.Init") // load() assigns the fields before each test
class RamdiskLimitIT {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private GogoSession session;
    private KernelView kernel;
    private Bundle driver;
    private Configuration configuration;

    public static Option[] options() {
        return new Option[] {Malloc9System.options()};
    }

    @BeforeEach
    void load(
            BundleContext context,
            CommandProcessor processor,
            MallocRuntime runtime,
            ConfigurationAdmin configurations,
            Malloc ready)
            throws Exception {
        assertThat(ready).isNotNull();
        session = new GogoSession(processor);
        kernel = new KernelView(runtime);
        configuration = configurations.getConfiguration("ramdisk", "?");
        driver = context.installBundle(ClasspathBundles.location("dev.malloc9.samples.ramdisk"));
        driver.start();
    }

    @AfterEach
    void unload() throws BundleException, IOException {
        session.close();
        driver.uninstall();
        configuration.delete();
        assertThat(kernel.leaksOf(driver)).isEmpty();
    }

    @Test
    void aNewLimitAppliesAtOnceAndTheFilesStay() throws Exception {
        Path small = Files.write(folder.resolve("small"), new byte[4096]);
        Path large = Files.write(folder.resolve("large"), new byte[3 * 4096]);
        session.run("ramdisk:put " + small);
        setLimit(8192);
        assertThatThrownBy(() -> session.run("ramdisk:put " + large))
                .hasMessageContaining("large (12288 bytes): no space left on ramdisk")
                .hasMessageContaining("max.bytes is 8192");
        setLimit(0);
        session.run("ramdisk:get small " + folder.resolve("copy"));
        assertThat(folder.resolve("copy")).hasSameBinaryContentAs(small);
        setLimit(4 * 4096);
        session.run("ramdisk:put " + large);
        assertThat(session.run("ramdisk:ls")).endsWith("16384 of 16384 bytes in use");
    }

    @Test
    void aNegativeLimitChangesNothing() throws Exception {
        setLimit(8192);
        update(-1);
        Path file = Files.write(folder.resolve("file"), new byte[8192]);
        for (Instant end = Instant.now().plusMillis(500); Instant.now().isBefore(end); Thread.sleep(50)) {
            session.run("ramdisk:put " + file);
            assertThat(session.run("ramdisk:ls")).endsWith("8192 of 8192 bytes in use");
            session.run("ramdisk:rm file");
        }
    }

    @Test
    void limitHasADescription(MetaTypeService metatype) {
        assertThat(metatype.getMetaTypeInformation(driver).getPids()).containsExactly("ramdisk");
        AttributeDefinition[] attributes = metatype.getMetaTypeInformation(driver)
                .getObjectClassDefinition("ramdisk", null)
                .getAttributeDefinitions(ObjectClassDefinition.ALL);
        assertThat(attributes).singleElement().satisfies(limit -> {
            assertThat(limit.getID()).isEqualTo("max.bytes");
            assertThat(limit.getDefaultValue()).containsExactly("67108864");
            assertThat(limit.getDescription()).isNotBlank();
            assertThat(limit.validate("-1")).isNotEmpty();
        });
    }

    @Test
    void stopWithStoredFilesLeaksNothing() throws Exception {
        session.run("ramdisk:put " + Files.write(folder.resolve("file"), new byte[100_000]));
        assertThat(kernel.typesOf(driver))
                .singleElement()
                .satisfies(type -> assertThat(type.inUse()).isEqualTo(25));
        driver.stop();
        assertThat(kernel.leaksOf(driver)).isEmpty();
        assertThatThrownBy(() -> session.run("ramdisk:ls")).hasMessageContaining("ramdisk:ls");
    }

    /**
     * Sets the limit in bytes and waits until it is in effect, because Declarative Services applies it in another thread. Fails after 10
     * seconds.
     */
    private void setLimit(long bytes) throws Exception {
        update(bytes);
        Instant end = Instant.now().plus(PATIENCE);
        while (!session.run("ramdisk:ls").endsWith(" of " + bytes + " bytes in use")) {
            assertThat(Instant.now()).as("limit of %d", bytes).isBefore(end);
            Thread.sleep(10);
        }
    }

    private void update(long bytes) throws IOException {
        configuration.update(FrameworkUtil.asDictionary(Map.of("max.bytes", bytes)));
    }
}
