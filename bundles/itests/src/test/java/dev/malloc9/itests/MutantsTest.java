package dev.malloc9.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the patches of {@code mutants/run} apply to the current sources, and that the results compile. */
@Tag("slow")
class MutantsTest {

    private static final Path PATCHES = Distribution.ROOT.resolve("bundles/itests/mutants");

    /** The beginning of a line that names a patched file. */
    private static final String NEW_FILE = "+++ b/";

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    @TempDir
    private Path folder;

    @Test
    void everyMutantCompiles() throws Exception {
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
            Path copy = Files.createDirectory(folder.resolve(patch.getFileName()));
            String complaint = apply(patch, copy);
            if (!complaint.isEmpty()) {
                refused.add(patch.getFileName() + " does not apply: " + complaint);
                continue;
            }
            String errors = compile(copy);
            if (!errors.isEmpty()) {
                refused.add(patch.getFileName() + " does not compile: " + errors);
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

    /**
     * Copies the files that a patch names, and applies the patch. Returns the output of {@code patch}, or an empty string if the patch
     * applies.
     */
    private static String apply(Path patch, Path copy) throws Exception {
        for (String line : Files.readAllLines(patch)) {
            if (line.startsWith(NEW_FILE)) {
                String file = line.substring(NEW_FILE.length());
                Files.createDirectories(copy.resolve(file).getParent());
                Files.copy(Distribution.ROOT.resolve(file), copy.resolve(file));
            }
        }
        Process process = new ProcessBuilder("patch", "--silent", "--force", "-p1")
                .directory(copy.toFile())
                .redirectInput(patch.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        int exit = process.waitFor();
        return exit == 0 ? "" : output + " (exit " + exit + ")";
    }

    /** Compiles a mutant against the classes of the build. Returns the error messages of the compiler. */
    private static String compile(Path mutant) throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(mutant)) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        StringWriter errors = new StringWriter();
        String classes = String.join(
                File.pathSeparator,
                Distribution.ROOT.resolve("kernel-bundle/target/classes").toString(),
                Distribution.ROOT.resolve("bundles/api/target/classes").toString(),
                System.getProperty("java.class.path"));
        List<String> options = List.of("-proc:none", "-nowarn", "-d", mutant.toString(), "-cp", classes);
        try (StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, UTF_8)) {
            COMPILER.getTask(errors, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        return errors.toString().strip();
    }
}
