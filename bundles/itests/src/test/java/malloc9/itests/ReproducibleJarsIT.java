package malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import malloc9.testkit.ClasspathBundles;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a jar does not depend on the build that made it: it contains no time, no tool version and no list in hash order. */
@Tag("script")
class ReproducibleJarsIT {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "malloc9.api",
                "malloc9.kernel",
                "malloc9.memstat",
                "malloc9.config",
                "malloc9.shell",
                "mbuf",
                "ether",
                "leaky"
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
}
