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
     * @param bytes standard output
     * @param err standard error
     */
    record Run(int exit, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        List<String> lines() {
            return out().lines().toList();
        }
    }

    private Distribution() {}

    /** Runs {@code felix-config/run} in the framework under test, with these arguments, in a folder of its own. */
    static Run run(Path folder, String... arguments) throws Exception {
        return run(folder, Map.of(), arguments);
    }

    /** Likewise, and its standard output to the byte; it must not fail. */
    static byte[] bytes(Path folder, String... arguments) throws Exception {
        Run run = run(folder, arguments);
        if (run.exit() != 0) {
            throw new AssertionError(run.err());
        }
        return run.bytes();
    }

    /** Likewise, with more in its environment. */
    static Run run(Path folder, Map<String, String> environment, String... arguments) throws Exception {
        return run(folder, environment, new File("/dev/null"), arguments);
    }

    /** Runs it as an interactive shell that reads these lines and then the end of its input. */
    static Run type(Path folder, String... lines) throws Exception {
        Path typed = Files.write(folder.resolve("typed"), List.of(lines));
        return run(folder, Map.of(), typed.toFile());
    }

    /** Runs it with its standard output in that file. */
    static Run runTo(Path out, Path folder, String... arguments) throws Exception {
        File err = Files.createTempFile(folder, "run", ".err").toFile();
        Process process = new ProcessBuilder(command(arguments))
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err)
                .start();
        return new Run(process.waitFor(), "", Files.readString(err.toPath()));
    }

    private static Run run(Path folder, Map<String, String> environment, File input, String... arguments)
            throws Exception {
        File err = Files.createTempFile(folder, "run", ".err").toFile();
        ProcessBuilder builder = new ProcessBuilder(command(arguments))
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(input))
                .redirectError(err);
        builder.environment().putAll(environment);
        Process process = builder.start();
        byte[] out = process.getInputStream().readAllBytes();
        return new Run(process.waitFor(), out, Files.readString(err.toPath()));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(RUN.toString()));
        if (FrameworkUnderTest.IS_EQUINOX) {
            command.add("--equinox");
        }
        command.addAll(List.of(arguments));
        return command;
    }
}
