package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests that "Write your first driver" in the README of the sample modules works as printed, in a folder outside the repository. */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the README's commands are POSIX")
class FirstDriverIT {

    private static final Pattern BLOCK = Pattern.compile("```(sh)?\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void firstDriverPrintsItsTranscript() throws Exception {
        String readme = Files.readString(Distribution.ROOT.resolve("sample-modules/README.md"));
        String section = readme.split("## Write your first driver\n", 2)[1].split("\n## ", 2)[0];
        List<String> blocks =
                BLOCK.matcher(section).results().map(block -> block.group(2)).toList();
        assertThat(blocks).hasSize(3);
        String install = blocks.get(0);
        String write = blocks.get(1);
        String expected = blocks.get(2);

        // Maven reads the local repository of the build under test, and writes to a repository of its own.
        String repository = "-Dmaven.repo.local=" + folder.resolve("repository") + " -Dmaven.repo.local.tail="
                + System.getProperty("maven.repo.local", System.getProperty("user.home") + "/.m2/repository");
        copyTrackedFiles(folder);
        sh(install.replace("./mvnw", "./mvnw -Dspotless.check.skip " + repository));
        String printed = sh(write.replace("./mvnw", "./mvnw " + repository)
                .replace(
                        "felix-config/run",
                        Distribution.ROOT.resolve("felix-config/run").toString()));
        assertThat(printed).isEqualTo(expected);
    }

    /** Copies the files that the install command of the README needs. This build is separate from the build that runs the test. */
    private static void copyTrackedFiles(Path target) throws Exception {
        run(
                Distribution.ROOT.toFile(),
                "tar -c mvnw .mvn pom.xml bundles/pom.xml $(git ls-files bundles/api bundles/test-policy 2>/dev/null"
                        + " || find bundles/api/src bundles/api/*.* bundles/test-policy/src bundles/test-policy/*.*)"
                        + " | tar -x -C '" + target
                        + "' && sed '/<module>/{/>bundles</!d}' pom.xml > '" + target
                        + "/pom.xml' && sed '/<module>/{/>\\(api\\|test-policy\\)</!d}' bundles/pom.xml > '" + target
                        + "/bundles/pom.xml'");
    }

    private String sh(String commands) throws Exception {
        return run(folder.toFile(), commands);
    }

    private static String run(File folder, String commands) throws Exception {
        File err = Files.createTempFile("first-driver", ".err").toFile();
        Process process = new ProcessBuilder("sh", "-e", "-c", commands)
                .directory(folder)
                .redirectError(err)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out + Files.readString(err.toPath())).isZero();
        return out;
    }
}
