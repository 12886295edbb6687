package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the example in the README of the testkit works as a project outside the repository. */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs mvnw, a POSIX script")
class ReadmeExampleIT {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    private static final String VERSION = "1.0.0-SNAPSHOT";

    private static final String FRAMEWORK =
            "<groupId>org.apache.felix</groupId><artifactId>org.apache.felix.framework</artifactId><version>7.0.5<";

    private static final String EQUINOX =
            "<groupId>org.eclipse.platform</groupId><artifactId>org.eclipse.osgi</artifactId><version>3.24.300<";

    @TempDir
    private Path project;

    @Test
    void exampleOfTheReadmePasses() throws Exception {
        String readme = Files.readString(ROOT.resolve("bundles/testkit/README.md"));
        String pom = block(readme, "xml");
        assertThat(pom).contains(FRAMEWORK);
        Files.writeString(
                project.resolve("pom.xml"), FrameworkUnderTest.IS_EQUINOX ? pom.replace(FRAMEWORK, EQUINOX) : pom);
        Path sources = Files.createDirectories(project.resolve("src/test/java/example"));
        Files.writeString(sources.resolve("GreeterIT.java"), block(readme, "java"));

        publish("malloc9", "pom.xml");
        publish("malloc9-api", "bundles/api/pom.xml");
        publish("malloc9-testkit", "bundles/testkit/pom.xml");

        String printed = verify();
        assertThat(project.resolve("target/failsafe-reports/example.GreeterIT.txt"))
                .as(printed)
                .content()
                .contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
    }

    private String verify() throws Exception {
        File log = project.resolve("maven.log").toFile();
        Process maven = new ProcessBuilder(List.of(
                        ROOT.resolve("mvnw").toString(),
                        "--batch-mode",
                        "-q",
                        "verify",
                        "-Dosgi.test.container=" + System.getProperty("osgi.test.container", "native"),
                        "-Dmaven.repo.local=" + repository(),
                        "-Dmaven.repo.local.tail=" + System.getProperty("local.repository")))
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        int exit = maven.waitFor();
        String printed = Files.readString(log.toPath(), StandardCharsets.UTF_8);
        assertThat(exit).as(printed).isZero();
        return printed;
    }

    /** Copies a built artifact into the repository that the Maven of the example searches first. No other build uses that repository. */
    private void publish(String artifact, String pom) throws IOException {
        Path folder = Files.createDirectories(
                repository().resolve("dev/malloc9").resolve(artifact).resolve(VERSION));
        Files.copy(ROOT.resolve(pom), folder.resolve(artifact + "-" + VERSION + ".pom"));
        Path built = Objects.requireNonNull(ROOT.resolve(pom).getParent()).resolve("target");
        if (!artifact.equals("malloc9")) {
            try (Stream<Path> jars = Files.list(built)) {
                Path jar = jars.filter(file -> file.getFileName().toString().equals(artifact + "-" + VERSION + ".jar"))
                        .findFirst()
                        .orElseThrow();
                Files.copy(jar, folder.resolve(artifact + "-" + VERSION + ".jar"));
            }
        }
    }

    private Path repository() {
        return project.resolve("repository");
    }

    private static String block(String readme, String language) {
        Matcher block = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(readme);
        assertThat(block.find()).as("a block of " + language).isTrue();
        return block.group(1);
    }
}
