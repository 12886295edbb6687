package malloc9.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The patches of {@code mutants/run} apply to the sources as they are. */
class MutantsTest {

    private static final Path PATCHES = Distribution.ROOT.resolve("bundles/itests/mutants");

    @Test
    void everyPatchApplies() throws Exception {
        assumeTrue(isInstalled(), "patch is not installed: the mutants' patches are not checked");
        List<Path> patches;
        try (Stream<Path> files = Files.list(PATCHES)) {
            patches = files.filter(file -> file.toString().endsWith(".patch"))
                    .sorted()
                    .toList();
        }
        assertThat(patches).isNotEmpty();
        List<String> refused = new ArrayList<>();
        for (Path patch : patches) {
            String complaint = dryRun(patch);
            if (!complaint.isEmpty()) {
                refused.add(patch.getFileName() + " does not apply: " + complaint);
            }
        }
        assertThat(refused).isEmpty();
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("patch", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /** Returns the output of {@code patch --dry-run}, or an empty string if the patch applies. */
    private static String dryRun(Path patch) throws Exception {
        Process process = new ProcessBuilder("patch", "--silent", "--force", "--dry-run", "-p1")
                .directory(Distribution.ROOT.toFile())
                .redirectInput(patch.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        int exit = process.waitFor();
        return exit == 0 ? "" : output + " (exit " + exit + ")";
    }
}
