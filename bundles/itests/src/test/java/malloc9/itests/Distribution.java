package malloc9.itests;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The assembled distribution, as a newcomer runs it. */
final class Distribution {

    /** The repository. */
    static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    /** What a newcomer types. */
    static final Path RUN = ROOT.resolve("felix-config/run");

    /** Where kldload finds drivers by name. */
    static final Path DRIVERS = ROOT.resolve("felix-config/target/felix/drivers");

    /**
     * What a run printed, and how it ended.
     *
     * @param exit the exit code
     * @param out standard output
     * @param err standard error
     */
    record Run(int exit, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    private Distribution() {}

    /** Runs {@code felix-config/run} in the framework under test, with these arguments, in a folder of its own. */
    static Run run(Path folder, String... arguments) throws Exception {
        return run(folder, Map.of(), arguments);
    }

    /** Likewise, with more in its environment. */
    static Run run(Path folder, Map<String, String> environment, String... arguments) throws Exception {
        return run(folder, environment, new File("/dev/null"), arguments);
    }

    /** Runs it as an interactive shell that reads these lines and then the end of its input. */
    static Run type(Path folder, String... lines) throws Exception {
        Path typed = Files.write(folder.resolve("typed"), List.of(lines));
        return run(folder, Map.of("MALLOC9_CONFIG", folder.resolve("kept").toString()), typed.toFile());
    }

    private static Run run(Path folder, Map<String, String> environment, File input, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(RUN.toString()));
        if (FrameworkUnderTest.IS_EQUINOX) {
            command.add("--equinox");
        }
        command.addAll(List.of(arguments));
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
}
