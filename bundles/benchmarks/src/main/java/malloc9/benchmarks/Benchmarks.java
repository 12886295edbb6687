package malloc9.benchmarks;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import malloc9.benchmarks.Sampling.Sample;
import malloc9.benchmarks.allocators.Allocator;
import org.jspecify.annotations.Nullable;

/**
 * Measures every workload on every allocator.
 *
 * <p>Each figure comes from JVMs of its own, since C2 compiles one code differently from run to run. The JVMs take
 * turns, allocator by allocator, so that what else the machine does falls on all alike.
 */
public final class Benchmarks {

    /** A form of the benchmark: how many JVMs for each figure, and how each samples. */
    private record Form(int forks, Sampling sampling) {

        private static Form of(String name) {
            return switch (name) {
                case "quick" -> new Form(3, new Sampling(900, 200));
                case "full" -> new Form(7, new Sampling(3_000, 1_000));
                default -> throw new IllegalArgumentException("neither quick nor full: " + name);
            };
        }
    }

    private final Sampling sampling;
    private final Set<Allocator> missing = EnumSet.noneOf(Allocator.class);

    Benchmarks(Sampling sampling) {
        this.sampling = sampling;
    }

    /** Arguments: the form, the folder of {@code results.json} and {@code results.svg}. */
    public static void main(String[] args) throws IOException {
        Form form = Form.of(args[0]);
        Path folder = Path.of(args[1]);
        List<Measured> all = new Benchmarks(form.sampling).measure(form.forks);
        System.out.println(Table.of(all, Machine.describe()));
        write(folder.resolve("results.json"), Measured.toJson(all).getBytes(StandardCharsets.UTF_8));
        write(folder.resolve("results.svg"), Chart.svg(all, Machine.describe()));
    }

    List<Measured> measure(int forks) {
        Map<Workload, Map<Allocator, List<Sample>>> samples = new EnumMap<>(Workload.class);
        for (int fork = 1; fork <= forks; fork++) {
            for (Workload workload : Workload.values()) {
                System.err.println("JVMs " + fork + " of " + forks + ": " + workload.title());
                for (Allocator allocator : Allocator.values()) {
                    Sample sample = missing.contains(allocator) ? null : fork(workload, allocator);
                    if (sample != null) {
                        samples.computeIfAbsent(workload, first -> new EnumMap<>(Allocator.class))
                                .computeIfAbsent(allocator, first -> new ArrayList<>())
                                .add(sample);
                    }
                }
            }
        }
        List<Measured> all = new ArrayList<>();
        samples.forEach((workload, byAllocator) -> {
            double segmentsNs = Sampling.median(byAllocator.getOrDefault(Allocator.SEGMENTS, List.of()).stream()
                    .mapToDouble(Sample::nanos)
                    .toArray());
            byAllocator.forEach((allocator, found) -> all.add(Measured.of(workload, allocator, found, segmentsNs)));
        });
        return all;
    }

    /** What a fresh JVM finds; null if the allocator is not there. */
    @Nullable
    Sample fork(Workload workload, Allocator allocator) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(allocator.jvmArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fork.class.getName()));
        command.addAll(List.of(workload.name(), allocator.name()));
        command.addAll(List.of(Long.toString(sampling.warmUpMillis()), Integer.toString(sampling.slices())));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(allocator.environment());
        try {
            Process process = builder.start();
            List<String> lines = process.inputReader(StandardCharsets.UTF_8).readAllLines();
            int status = process.waitFor();
            String last = lines.isEmpty() ? "" : lines.getLast();
            if (status == Fork.UNAVAILABLE) {
                missing.add(allocator);
                System.err.println("left out: " + allocator.title() + ": " + last);
                return null;
            }
            if (status != 0) {
                throw new IllegalStateException(
                        workload.title() + " on " + allocator.title() + " ended with " + status);
            }
            return new Gson().fromJson(last, Sample.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, bytes);
        System.out.println(file);
    }
}
