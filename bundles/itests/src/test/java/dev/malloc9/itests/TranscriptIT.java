package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that the transcripts in the READMEs are correct. A block that begins with {@code $ felix-config/run} is a shell session. It is run
 * again and must print the same text in the same columns. Text that differs from run to run is not compared.
 */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
class TranscriptIT {

    private static final String FENCE = "```";
    private static final String SHELL = "$ ";
    private static final String BEGIN = SHELL + "felix-config/run";

    /** The texts that differ from run to run. Each character of them is replaced by one letter, so that columns are still compared. */
    private static final Map<Pattern, String> VARYING = Map.of(
            Pattern.compile("(?<=0x)[0-9a-f]+"), "a",
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:]+"), "t",
            Pattern.compile("(?<=id=)\\d+"), "i",
            Pattern.compile("(?<= \\()\\d+(?=\\)( leaked |,|$| of | \\(|\\b))"), "i",
            Pattern.compile(" +\\d+m?s(?=  )"), "g",
            Pattern.compile("(?<=process )\\d+"), "p");

    /** The fraction of a second, whose length varies because zeros at its end are omitted. */
    private static final Pattern FRACTION = Pattern.compile("(?<=T\\d\\d:\\d\\d:\\d\\d)(\\.\\d+)?Z");

    @TempDir
    private Path folder;

    /** A command of a transcript with its line number, and the lines that it printed. */
    private record Exchange(int line, String command, List<String> printed) {}

    @TestFactory
    Stream<DynamicTest> commandsPrintTheTranscriptsOfTheReadmes() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path readme : readmes()) {
            for (List<Exchange> transcript : transcripts(Files.readAllLines(readme))) {
                Exchange first = transcript.getFirst();
                String place = Distribution.ROOT.relativize(readme) + ":" + first.line();
                tests.add(DynamicTest.dynamicTest(place + " " + first.command(), () -> replay(place, transcript)));
            }
        }
        assertThat(tests).as("transcripts").hasSizeGreaterThan(5);
        return tests.stream();
    }

    private void replay(String place, List<Exchange> transcript) throws Exception {
        Path home = Files.createDirectories(folder.resolve(place.replaceAll("\\W", "-")));
        Files.createSymbolicLink(home.resolve("felix-config"), Distribution.ROOT.resolve("felix-config"));
        Files.createSymbolicLink(home.resolve("bundles"), Distribution.ROOT.resolve("bundles"));
        for (Exchange exchange : transcript) {
            List<String> printed = run(home, exchange.command());
            List<String> expected = exchange.printed();
            String whole = "\n$ " + exchange.command() + " printed:\n" + String.join("\n", printed);
            for (int i = 0; i < Math.min(expected.size(), printed.size()); i++) {
                assertThat(normal(printed.get(i)))
                        .as("line %d: '%s'%s", exchange.line() + 1 + i, expected.get(i), whole)
                        .isEqualTo(normal(expected.get(i)));
            }
            assertThat(printed).as("lines of " + exchange.command() + whole).hasSameSizeAs(expected);
        }
    }

    private static List<String> run(Path home, String command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command)
                .directory(home.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":" + environment.get("PATH"));
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        process.waitFor();
        return lines;
    }

    private static String normal(String line) {
        String normal = FRACTION.matcher(line).replaceAll("Z");
        for (Map.Entry<Pattern, String> varying : VARYING.entrySet()) {
            normal = varying.getKey()
                    .matcher(normal)
                    .replaceAll(found -> varying.getValue().repeat(found.group().length()));
        }
        return normal;
    }

    /** Returns the README of the repository and the READMEs of its modules, except for files below {@code target}. */
    private static List<Path> readmes() throws IOException {
        try (Stream<Path> files = Files.find(
                Distribution.ROOT,
                3,
                (file, attributes) ->
                        file.endsWith("README.md") && !file.toString().contains("/target/"))) {
            return files.sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static List<List<Exchange>> transcripts(List<String> lines) {
        List<List<Exchange>> transcripts = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).equals(FENCE)
                    && i + 1 < lines.size()
                    && lines.get(i + 1).startsWith(BEGIN)) {
                List<Exchange> transcript = new ArrayList<>();
                for (i++; !lines.get(i).equals(FENCE); i++) {
                    if (lines.get(i).startsWith(SHELL)) {
                        transcript.add(new Exchange(i + 1, lines.get(i).substring(SHELL.length()), new ArrayList<>()));
                    } else {
                        transcript.getLast().printed().add(lines.get(i));
                    }
                }
                transcripts.add(transcript);
            } else if (lines.get(i).startsWith(FENCE)) {
                // The end of a block of another kind must not be taken for the beginning of a block.
                for (i++; !lines.get(i).startsWith(FENCE); i++) {}
            }
        }
        return transcripts;
    }
}
