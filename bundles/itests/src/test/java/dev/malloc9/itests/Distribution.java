package dev.malloc9.itests;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The assembled distribution, which tests run as a new user does. */
final class Distribution {

    /** The root folder of the repository. */
    static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    /** The script that a new user runs. */
    static final Path RUN = ROOT.resolve("felix-config/run");

    /**
     * The option of env(1) that restores the default action of HUP and INT. The caller of the tests may ignore these signals, as nohup
     * does.
     */
    static final String DEFAULT_SIGNALS = "--default-signal=HUP,INT";

    /** The folder in which kldload finds drivers by name. */
    static final Path DRIVERS = ROOT.resolve("felix-config/target/felix/drivers");

    /**
     * The output and the exit code of a run.
     *
     * @param exit the exit code of the script
     * @param out the standard output
     * @param err the standard error
     */
    record Run(int exit, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    private Distribution() {}

    /**
     * Runs {@code felix-config/run} with the given arguments in the framework under test. The working folder is the given one, and the
     * standard input is empty.
     */
    static Run run(Path folder, String... arguments) throws Exception {
        return run(folder, Map.of(), arguments);
    }

    /** Does the same with additional environment variables. */
    static Run run(Path folder, Map<String, String> environment, String... arguments) throws Exception {
        return run(folder, environment, new File("/dev/null"), arguments);
    }

    /**
     * Runs the distribution as an interactive shell that reads the given lines and then the end of its input. Knobs are kept in the folder.
     */
    static Run type(Path folder, String... lines) throws Exception {
        Path typed = Files.write(folder.resolve("typed"), List.of(lines));
        return run(folder, Map.of("MALLOC9_CONFIG", folder.resolve("kept").toString()), typed.toFile());
    }

    private static Run run(Path folder, Map<String, String> environment, File input, String... arguments)
            throws Exception {
        return run(RUN, folder, environment, input, arguments);
    }

    /** Runs the script of a copy with the given working folder, environment variables, standard input and arguments. */
    static Run run(Path script, Path folder, Map<String, String> environment, File input, String... arguments)
            throws Exception {
        List<String> command = command(script, arguments);
        File err = Files.createTempFile(folder, "run", ".err").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(input))
                .redirectError(err);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, Files.readString(err.toPath()));
    }

    /** Returns the command line that runs a script with the given arguments in the framework under test. */
    static List<String> command(Path script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        if (FrameworkUnderTest.IS_EQUINOX) {
            command.add("--equinox");
        }
        command.addAll(List.of(arguments));
        return command;
    }

    /** Copies the distribution below a folder, and returns the script of the copy. The bundles are hard links where possible. */
    static Path copyTo(Path root) throws IOException {
        Path from = ROOT.resolve("felix-config");
        Path to = root.resolve("felix-config");
        Files.createDirectories(root.resolve(".mvn"));
        Files.copy(ROOT.resolve(".mvn/jdk25.sh"), root.resolve(".mvn/jdk25.sh"));
        copy(from.resolve("target/felix"), to.resolve("target/felix"));
        copy(from.resolve("lib"), to.resolve("lib"));
        for (String file : List.of("run", "loader.conf")) {
            Files.copy(from.resolve(file), to.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectory(to.resolve("load"));
        Files.createFile(to.resolve("target/stamp"));
        // A file in the place of the AOT folder prevents the copy from creating an AOT cache in the background.
        Files.createFile(to.resolve("target/aot"));
        return to.resolve("run");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    linkOrCopy(file, copy);
                }
            }
        }
    }

    private static void linkOrCopy(Path file, Path copy) throws IOException {
        try {
            Files.createLink(copy, file);
        } catch (FileSystemException | UnsupportedOperationException otherFileSystem) {
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }
}
