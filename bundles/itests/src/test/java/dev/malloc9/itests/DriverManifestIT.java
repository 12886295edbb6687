package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Tests that a driver works with each documented manifest, and that the message about a wrong manifest names the line to write. */
@OsgiTest
@SuppressWarnings("NullAway.Init") // each test assigns the driver
class DriverManifestIT {

    private static final String HAND_WRITTEN = "malloc9.itests.handwritten";

    private static final String DRIVER = TracerDriver.class.getName();

    private BundleContext context;
    private MallocRuntime runtime;
    private KernelView kernel;
    private Bundle driver;

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(),
            CoreOptions.frameworkProperty(HAND_WRITTEN).value(handWritten()),
            // The order of the attributes and the missing quotes are the same as in the output of the bnd of this
            // plugin.
            withoutBnd("plugin-6.0.0")
                    .header("Bundle-Activator", "dev.malloc9.api.DriverActivator")
                    .header("Malloc9-Activator", DRIVER)
                    .header("Export-Package", "dev.malloc9.itests.drivers")
                    .header(
                            "Provide-Capability",
                            "malloc9.type;malloc9.type=tracer;version:Version=1.0.0;magic:Long=877983977;"
                                    + "description='My memory'")
                    .option(),
            withoutBnd("plugin-6.2.0")
                    .header("Bundle-Activator", "dev.malloc9.api.DriverActivator")
                    .header("Malloc9-Activator", DRIVER)
                    .header("Export-Package", "dev.malloc9.itests.drivers")
                    .header(
                            "Provide-Capability",
                            "malloc9.type;description='My memory';magic:Long=877983977;malloc9.type=tracer;"
                                    + "version:Version=1.0.0")
                    .option(),
            MadeBundle.of("own", TracerDriver.class)
                    .header("Bundle-Activator", DRIVER)
                    .option(),
            withoutBnd("undeclared").header("Bundle-Activator", DRIVER).option(),
            withoutBnd("misspelt")
                    .header("Bundle-Activator", DRIVER)
                    .header("Provide-Capability", "malloc9.type;malloc9.type=Tracer;magic:Long=877983977")
                    .option(),
            withoutBnd("checked")
                    .header("Bundle-Activator", "dev.malloc9.api.DriverActivator")
                    .header("Malloc9-Activator", DRIVER)
                    .header("Provide-Capability", "malloc9.type;malloc9.type=Tracer;magic:Long=877983977")
                    .option(),
            withoutBnd("garbled")
                    .header("Bundle-Activator", DRIVER)
                    .header("Provide-Capability", "malloc9.type;malloc9.type=tracer;magic=877983977")
                    .option(),
            MadeBundle.of("names", Names.class).option(),
            MadeBundle.of("macro", Macro.class).option(),
            MadeBundle.of("quote", Quote.class).option()
        };
    }

    private static MadeBundle withoutBnd(String name) {
        return MadeBundle.of(name, TracerDriver.class)
                .header("-bundleannotations", "!*")
                .header("Import-Package", "dev.malloc9.api, *");
    }

    @BeforeEach
    void look(BundleContext bundleContext, MallocRuntime mallocRuntime, Malloc ready) {
        assertThat(ready).isNotNull();
        context = bundleContext;
        runtime = mallocRuntime;
        kernel = new KernelView(mallocRuntime);
    }

    @AfterEach
    void uninstall() throws BundleException {
        driver.uninstall();
    }

    @Test
    void documentedManifestWorksWithoutAnyTool() throws Exception {
        driver = context.installBundle(context.getProperty(HAND_WRITTEN));
        assertThat(warningsOfStart()).isEmpty();
        assertThat(kernel.typesOf(driver)).extracting(TypeStats::allocs).containsExactly(1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plugin-6.0.0", "plugin-6.2.0"})
    void manifestOfMavenBundlePluginWorks(String plugin) throws Exception {
        install(plugin);
        assertThat(warningsOfStart()).isEmpty();
        assertThat(kernel.typesOf(driver)).extracting(TypeStats::description).containsExactly("My memory");
    }

    @Test
    void driverWithItsOwnActivatorPrintsAWarning() throws Exception {
        install("own");
        assertThat(warningsOfStart())
                .containsExactly("Warning: own 0.0.0 (" + driver.getBundleId()
                        + ") starts before its memory types are checked; write Bundle-Activator:"
                        + " dev.malloc9.api.DriverActivator and Malloc9-Activator: " + DRIVER);
        assertThat(kernel.typesOf(driver)).hasSize(1);
    }

    @Test
    void exceptionSaysThatTheManifestDeclaresNoType() throws Exception {
        install("undeclared");
        assertThatThrownBy(driver::start)
                .rootCause()
                .isInstanceOf(UnregisteredType.class)
                .hasMessage("malloc: type 'tracer' is not registered: the manifest of undeclared 0.0.0 ("
                        + driver.getBundleId() + ") declares no memory type; write Provide-Capability:"
                        + " malloc9.type;malloc9.type=\"tracer\";magic:Long=877983977");
    }

    @Test
    void exceptionSaysThatTheManifestDeclaresAnotherType() throws Exception {
        install("misspelt");
        assertThatThrownBy(driver::start)
                .rootCause()
                .isInstanceOf(UnregisteredType.class)
                .hasMessageContaining("type 'tracer' is not registered: ")
                .hasMessageContaining("misspelt 0.0.0 (" + driver.getBundleId() + ") does not declare it");
    }

    @Test
    void exceptionSaysThatTheBundleWasRefused() throws Exception {
        install("garbled");
        assertThatThrownBy(driver::start)
                .rootCause()
                .isInstanceOf(UnregisteredType.class)
                .hasMessageContaining("type 'tracer' is not registered: its bundle was refused: "
                        + "malloc_init: bad malloc type magic (none) of type 'tracer' in garbled");
    }

    @Test
    void checkedDriverWithAnotherNameIsRefused() throws Exception {
        install("checked");
        assertThatThrownBy(driver::start)
                .rootCause()
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("malloc_init: type 'tracer' of " + DRIVER
                        + " is not in the manifest of checked, which declares [Tracer]: Provide-Capability needs"
                        + " malloc9.type;malloc9.type=\"tracer\";magic:Long=877983977");
        assertThat(driver.getState()).isEqualTo(Bundle.RESOLVED);
    }

    @Test
    void namesAreRegisteredAsWritten() throws Exception {
        install("names");
        driver.start();
        assertThat(kernel.typesOf(driver))
                .extracting(TypeStats::name)
                .containsExactlyInAnyOrder("a,b", "a:b", "a;b=c", " a ", "a'b", "Größe €", "$1");
        assertThat(kernel.typesOf(driver))
                .extracting(TypeStats::description)
                .contains("d,e", "d;e=f", " d ", "d'e", "Österreich");
    }

    @ParameterizedTest
    @ValueSource(strings = {"macro", "quote"})
    void nameThatNoManifestCanCarryIsRefused(String bundle) throws Exception {
        install(bundle);
        assertThatThrownBy(driver::start)
                .rootCause()
                .isInstanceOf(InvalidRequest.class)
                .hasMessageEndingWith("a name cannot have a double quote, a backslash or ${");
    }

    private void install(String name) throws BundleException {
        driver = context.installBundle(ClasspathBundles.location(name));
    }

    private List<String> warningsOfStart() throws BundleException {
        int before = runtime.messages().size();
        driver.start();
        return runtime.messages().stream()
                .skip(before)
                .filter(line -> line.startsWith("Warning: "))
                .toList();
    }

    /**
     * Writes a bundle with the manifest that the README of the sample modules documents, with the names of the test driver. Returns its
     * location.
     */
    private static String handWritten() {
        try {
            String readme = Files.readString(Path.of("../../sample-modules/README.md"));
            String documented = readme.split("```manifest\n", 2)[1]
                    .split("```", 2)[0]
                    .replace("my.driver.MyDriver", DRIVER)
                    .replace("\"mine\"", "\"tracer\"");
            Path jar = Files.createTempFile("handwritten-", ".jar");
            jar.toFile().deleteOnExit();
            String path = DRIVER.replace('.', '/') + ".class";
            Manifest manifest = new Manifest(new ByteArrayInputStream(documented.getBytes(StandardCharsets.UTF_8)));
            try (OutputStream file = Files.newOutputStream(jar);
                    JarOutputStream out = new JarOutputStream(file, manifest);
                    InputStream content =
                            DriverManifestIT.class.getClassLoader().getResourceAsStream(path)) {
                out.putNextEntry(new JarEntry(path));
                Objects.requireNonNull(content).transferTo(out);
            }
            return jar.toUri().toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static final class Names {
        @MallocDefine(name = "a,b", description = "d,e")
        static final MallocType COMMA = MallocType.define();

        @MallocDefine(name = "a:b")
        static final MallocType COLON = MallocType.define();

        @MallocDefine(name = "a;b=c", description = "d;e=f")
        static final MallocType SEMICOLON = MallocType.define();

        @MallocDefine(name = " a ", description = " d ")
        static final MallocType BLANKS = MallocType.define();

        @MallocDefine(name = "a'b", description = "d'e")
        static final MallocType APOSTROPHE = MallocType.define();

        @MallocDefine(name = "Größe €", description = "Österreich")
        static final MallocType LETTERS = MallocType.define();

        @MallocDefine(name = "$1")
        static final MallocType DOLLAR = MallocType.define();

        private Names() {}
    }

    static final class Macro {
        @MallocDefine(name = "${#magic}")
        static final MallocType MACRO = MallocType.define();

        private Macro() {}
    }

    static final class Quote {
        @MallocDefine(name = "3.5\" disk")
        static final MallocType DISK = MallocType.define();

        private Quote() {}
    }
}
