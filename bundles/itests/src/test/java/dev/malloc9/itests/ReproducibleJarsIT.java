package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.testkit.ClasspathBundles;
import java.io.File;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a jar does not depend on the build that made it: it contains no time, no tool version and no list in hash order. */
@Tag("script")
class ReproducibleJarsIT {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.malloc9.api",
                "dev.malloc9.kernel",
                "dev.malloc9.memstat",
                "dev.malloc9.config",
                "dev.malloc9.shell",
                "dev.malloc9.mbuf",
                "dev.malloc9.samples.ether",
                "dev.malloc9.samples.leaky"
            })
    void manifestAndTimesAreTheSameInEachBuild(String bundle) throws Exception {
        try (JarFile jar = new JarFile(new File(URI.create(ClasspathBundles.location(bundle))))) {
            assertThat(jar.getManifest().getMainAttributes().keySet())
                    .extracting(Object::toString)
                    .doesNotContain(
                            "Private-Package", "Bnd-LastModified", "Tool", "Created-By", "Build-Jdk", "Built-By");
            Set<Long> times = new HashSet<>(jar.stream().map(ZipEntry::getTime).toList());
            assertThat(times).as("times of the entries").hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dev.malloc9.api, malloc9-api",
        "dev.malloc9.kernel, malloc9-kernel",
        "dev.malloc9.memstat, malloc9-memstat",
        "dev.malloc9.mbuf, malloc9-mbuf",
        "dev.malloc9.samples.ether, malloc9-ether"
    })
    void jarHasTheNameOfItsArtifact(String symbolicName, String artifact) {
        assertThat(ClasspathBundles.location(symbolicName))
                .contains("/" + artifact + "-")
                .endsWith(".jar");
    }

    @Test
    void kernelProvidesTheCapabilityThatDriversRequire() throws Exception {
        try (JarFile kernel = new JarFile(new File(URI.create(ClasspathBundles.location("dev.malloc9.kernel"))))) {
            assertThat(kernel.getManifest().getMainAttributes().getValue("Provide-Capability"))
                    .contains("osgi.implementation;osgi.implementation=malloc9;");
        }
    }
}
