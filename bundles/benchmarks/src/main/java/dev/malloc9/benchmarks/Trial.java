package dev.malloc9.benchmarks;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sample;
import dev.malloc9.benchmarks.workloads.Sampling;
import dev.malloc9.benchmarks.workloads.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that measures a workload on a contender. A crash, a failure or a hang of the process is an outcome, so that the run continues.
 * The trial throws {@link UncheckedIOException} if the process cannot be started or its output cannot be read. If the waiting thread is
 * interrupted, it throws {@link IllegalStateException}.
 */
record Trial(Contender contender, Workload workload, Sampling sampling) {

    private static final long TIMEOUT_SECONDS = 60;

    /** Runs the process, for at most {@code TIMEOUT_SECONDS}. Never returns {@link Outcome.Disturbed}. */
    Outcome run() {
        return run(TIMEOUT_SECONDS);
    }

    Outcome run(long timeoutSeconds) {
        try {
            Path output = Files.createTempFile("malloc9-benchmark", ".out");
            try {
                return run(output, timeoutSeconds);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome run(Path output, long timeoutSeconds) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(contender.command().apply(workload, sampling))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(output.toFile());
        builder.environment().putAll(contender.environment());
        Process process = builder.start();
        try {
            if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
                return new Outcome.Failed("did not end in " + timeoutSeconds + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output);
        String last = lines.isEmpty() ? "" : lines.getLast();
        return switch (process.exitValue()) {
            case 0 -> found(last);
            case Fork.UNAVAILABLE -> new Outcome.LeftOut(last);
            default -> new Outcome.Failed("ended with " + process.exitValue());
        };
    }

    private static Outcome found(String json) {
        try {
            Map<String, Sample> byTitle = new Gson().fromJson(json, new TypeToken<Map<String, Sample>>() {});
            Map<Figure, Sample> samples = new EnumMap<>(Figure.class);
            byTitle.forEach((title, sample) -> samples.put(Figure.titled(title), sample));
            return new Outcome.Found(samples);
        } catch (JsonParseException | IllegalArgumentException e) {
            return new Outcome.Failed("no sample in: " + json);
        }
    }
}
