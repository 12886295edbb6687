package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests of the names that users' scripts, settings and recordings depend on. They are no part of the namespace {@code dev.malloc9}, and do
 * not change with it. {@link SysctlIT} has the names of the knobs,
 * and {@link ReproducibleJarsIT} the names of the jars.
 */
class FixedNamesTest {

    /** The declaration of a command, by Gogo's annotation or by service properties. */
    private static final Pattern COMMAND =
            Pattern.compile("scope=?(?: = )?\"?malloc9\", (?:function = \"|\"osgi.command.function=)([a-z]+)\"");

    @Test
    void systemPropertyNamesAreFixed() {
        Pattern inJava = Pattern.compile("\"(malloc9\\.[a-z_.]+[a-z])\"");
        Pattern inScripts = Pattern.compile("-D(malloc9\\.[a-z_.]+[a-z])");
        assertThat(sorted(Stream.concat(found(inJava, mainSources()), found(inScripts, scripts()))))
                .containsExactly(
                        "malloc9.batch.commands",
                        "malloc9.batch.errexit",
                        "malloc9.batch.file",
                        "malloc9.boot.seconds",
                        "malloc9.churn.cycles",
                        "malloc9.config",
                        "malloc9.drivers",
                        "malloc9.exit",
                        "malloc9.history",
                        "malloc9.home",
                        "malloc9.kernel",
                        "malloc9.load",
                        "malloc9.loader.conf",
                        "malloc9.page_size",
                        "malloc9.type");
    }

    @Test
    void environmentVariableNamesAreFixed() {
        assertThat(sorted(found(Pattern.compile("\\b(MALLOC9_[A-Z_]+)\\b"), Stream.concat(mainSources(), scripts()))))
                .containsExactly(
                        "MALLOC9_CONFIG",
                        "MALLOC9_HISTORY",
                        "MALLOC9_JAVA_OPTS",
                        "MALLOC9_LOADER_CONF",
                        "MALLOC9_REQUIRE");
    }

    @Test
    void flightRecorderEventNamesAreFixed() {
        assertThat(sorted(found(Pattern.compile("@Name\\(\"malloc9\\.([^\"]+)\""), mainSources())))
                .containsExactly(
                        "Free",
                        "LeakOnDestroy",
                        "Malloc",
                        "MemGuardHit",
                        "Panic",
                        "RedZoneCorruption",
                        "TypeRegister",
                        "TypeUnregister");
    }

    @Test
    void eventAdminTopicsAreFixed() {
        assertThat(sorted(found(Pattern.compile("\"(malloc9/[a-zA-Z/]+)\""), mainSources())))
                .containsExactly(
                        "malloc9/leak/DETECTED",
                        "malloc9/panic",
                        "malloc9/quota/EXCEEDED",
                        "malloc9/type/REGISTERED",
                        "malloc9/type/UNREGISTERED");
    }

    @Test
    void commandNamesAreFixed() {
        assertThat(sorted(found(COMMAND, mainSources())))
                .containsExactly(
                        "dmesg",
                        "help",
                        "kldload",
                        "kldstat",
                        "kldunload",
                        "leaks",
                        "level",
                        "man",
                        "memguard",
                        "netstat",
                        "panics",
                        "show",
                        "suspects",
                        "sysctl",
                        "verify",
                        "vmstat",
                        "whatis");
    }

    @Test
    void persistentIdentitiesAreFixed() {
        assertThat(sorted(found(Pattern.compile("String PID = \"([^\"]+)\""), mainSources())))
                .containsExactly("malloc9.kernel", "ramdisk");
    }

    @Test
    void capabilityNamespaceOfTypesIsFixed() {
        assertThat(MallocType.NAMESPACE).isEqualTo("malloc9.type");
    }

    @ParameterizedTest
    @CsvSource({
        "dev.malloc9.kernel, kernel",
        "dev.malloc9.mbuf, mbuf",
        "dev.malloc9.samples.ether, ether",
        "dev.malloc9., dev.malloc9.",
        "dev.malloc9.samples., dev.malloc9.samples.",
        "dev.malloc9, dev.malloc9",
        "dev.malloc9.malloc.Test, dev.malloc9.malloc.Test",
        "com.example.driver, com.example.driver",
        "malloc9.kernel, malloc9.kernel"
    })
    void shortNameOmitsThePrefixOfMalloc9(String symbolicName, String shortName) {
        assertThat(ModuleId.shortName(symbolicName)).isEqualTo(shortName);
        assertThat(new ModuleId(symbolicName, "1.0.0", 7)).hasToString(shortName + " 1.0.0 (7)");
    }

    private static Set<String> sorted(Stream<String> names) {
        Set<String> sorted = new TreeSet<>();
        names.forEach(sorted::add);
        return sorted;
    }

    private static Stream<String> found(Pattern pattern, Stream<Path> files) {
        return files.flatMap(
                file -> pattern.matcher(text(file)).results().map(result -> Objects.requireNonNull(result.group(1))));
    }

    private static Stream<Path> mainSources() {
        return files("/src/main/java/").filter(file -> file.toString().endsWith(".java"));
    }

    private static Stream<Path> scripts() {
        return Stream.concat(
                Stream.of(".ci/run", "felix-config/run", "bundles/itests/churn", "bundles/benchmarks/run")
                        .map(Distribution.ROOT::resolve),
                files("felix-config/lib/"));
    }

    /** Returns the files whose path contains a text; a build's results are left out. */
    private static Stream<Path> files(String part) {
        try (Stream<Path> all = Files.walk(Distribution.ROOT)) {
            return all
                    .filter(file ->
                            file.toString().contains(part) && !file.toString().contains("/target/"))
                    .filter(Files::isRegularFile)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
