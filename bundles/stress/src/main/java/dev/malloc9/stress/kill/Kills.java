package dev.malloc9.stress.kill;

import dev.malloc9.memstat.Allocator;
import dev.malloc9.memstat.MemoryType;
import dev.malloc9.memstat.MemoryTypeList;
import dev.malloc9.memstat.MemstatFailed;
import dev.malloc9.memstat.Origin;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A test that starts victims one after the other on one statistics file, kills each with SIGKILL at a random moment, and reads the file.
 */
public final class Kills {

    /** The smaller number of threads of a victim. With the larger one, CPUs share the last record of a type. */
    private static final int FEW = 6;

    private static final int MANY = 40;

    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

    /** The exit status of a process that was killed: 128 plus the number of SIGKILL. */
    private static final int KILLED = 137;

    private final Path folder;
    private final Random random;
    private final List<String> wrong = new ArrayList<>();
    private long kills;
    private long operations;
    private long open;

    private Kills(Path folder, long seed) {
        this.folder = folder;
        this.random = new Random(seed);
    }

    /**
     * The result of a run.
     *
     * @param kills the number of victims that were killed
     * @param operations the number of mallocs and frees that they had begun on the type that all threads share
     * @param open the number of these that a kill interrupted. Neither number contains victims whose file could not be read
     * @param wrong the errors
     */
    public record Outcome(long kills, long operations, long open, List<String> wrong) {
        @Override
        public String toString() {
            return kills + " kills, " + operations + " operations, " + open + " interrupted, "
                    + (wrong.isEmpty() ? "the file right each time" : "wrong: " + wrong);
        }
    }

    /**
     * Kills that many victims. Every second one is compiled by C1 only, and every fourth one has many threads.
     *
     * @param folder the folder of the statistics file and of the {@link Truth}
     */
    public static Outcome run(int count, long seed, Path folder) throws IOException, InterruptedException {
        Kills kills = new Kills(folder, seed);
        for (int i = 0; i < count; i++) {
            kills.kill(i % 4 == 3 ? MANY : FEW, i % 2 == 0);
        }
        return new Outcome(kills.kills, kills.operations, kills.open, List.copyOf(kills.wrong));
    }

    private void kill(int threads, boolean quickly) throws IOException, InterruptedException {
        Path file = folder.resolve("stats");
        Path truth = folder.resolve("truth");
        Files.deleteIfExists(truth);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        if (quickly) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(List.of(
                Victim.class.getName(),
                file.toString(),
                truth.toString(),
                Integer.toString(threads),
                Long.toString(random.nextLong(1_000_000))));
        Process victim = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = victim.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            // The kill comes at a random moment, so there is no event to wait for.
            LockSupport.parkNanos(random.nextLong(LONGEST_NANOS));
            victim.destroyForcibly();
            int exit = victim.waitFor();
            if (!"running".equals(line) || exit != KILLED) {
                wrong.add("the victim ended with " + exit + " itself: " + line
                        + output.lines().toList());
                return;
            }
        } finally {
            victim.destroyForcibly();
        }
        judge(file, Truth.in(truth, threads), threads);
    }

    /**
     * Reads the file with memstat's library, which must find the same counters and report that the process was killed. Otherwise adds an
     * error.
     */
    private void readAsPeopleDo(Path file, Map<String, long[]> types) throws IOException {
        MemoryTypeList list = MemoryTypeList.alloc();
        list.read(file, Allocator.MALLOC);
        Map<String, long[]> seen = new HashMap<>();
        for (MemoryType type : list) {
            seen.put(type.name(), new long[] {type.memalloced(), type.memfreed(), type.numallocs(), type.numfrees()});
        }
        boolean same = seen.keySet().equals(types.keySet())
                && seen.entrySet().stream().allMatch(type -> Arrays.equals(type.getValue(), types.get(type.getKey())));
        Origin origin = list.origin();
        if (!same || origin == null || !origin.text().endsWith(", was killed")) {
            wrong.add("kill " + kills + ": memstat says otherwise: " + seen.keySet() + ", " + origin);
        }
    }

    private void judge(Path file, Truth truth, int threads) throws IOException {
        kills++;
        try {
            Map<String, long[]> types = DeadFile.read(file);
            Verdict verdict = Verdict.of(types, truth, threads);
            readAsPeopleDo(file, types);
            verdict.wrong().forEach(what -> wrong.add("kill " + kills + ": " + what));
            operations += verdict.operations();
            open += verdict.open();
        } catch (IllegalStateException | IndexOutOfBoundsException | MemstatFailed unreadable) {
            wrong.add("kill " + kills + ": " + unreadable.getMessage());
        }
    }
}
