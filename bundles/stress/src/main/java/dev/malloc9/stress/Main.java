package dev.malloc9.stress;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.stress.guard.GuardHits;
import dev.malloc9.stress.kill.Kills;
import dev.malloc9.stress.misuse.Misuse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * The command of the stress tests: {@code smoke|full [SEED]}, {@code kills [COUNT]}, {@code misuse [COUNT]}, {@code guard [COUNT [SEED]]},
 * {@code stops [COUNT]} or {@code former [BYTES]}. Its exit status is 1 if anything was wrong. {@code stops} only measures, and ends with
 * 0.
 */
public final class Main {

    private Main() {}

    private static final int KILLS = 200;
    private static final int HITS = 100_000;

    private static final int STOPS = 200;

    /** The number of threads that miss guarded blocks at the same time. */
    private static final int THREADS = 2;

    /**
     * Runs the command. An unknown word means {@code smoke}.
     *
     * @param arguments the command, which is required, and its numbers; without a seed a random one is taken. The seed is printed
     */
    public static void main(String[] arguments) throws InterruptedException, IOException {
        if (arguments[0].equals("kills")) {
            System.exit(kills(arguments.length > 1 ? Integer.parseInt(arguments[1]) : KILLS) ? 0 : 1);
        }
        if (arguments[0].equals("misuse")) {
            System.exit(misuse(arguments.length > 1 ? Long.parseLong(arguments[1]) : Misuse.FULL) ? 0 : 1);
        }
        if (arguments[0].equals("guard")) {
            System.exit(
                    hits(
                                    arguments.length > 1 ? Integer.parseInt(arguments[1]) : HITS,
                                    arguments.length > 2 ? Long.decode(arguments[2]) : randomSeed())
                            ? 0
                            : 1);
        }
        if (arguments[0].equals("stops")) {
            int stops = arguments.length > 1 ? Integer.parseInt(arguments[1]) : STOPS;
            for (int threads : Stops.BUSY_THREADS) {
                System.out.println(Stops.run(threads, stops, false));
            }
            for (int threads : Stops.BUSY_THREADS) {
                System.out.println(Stops.run(threads, stops, true));
            }
            return;
        }
        if (arguments[0].equals("former")) {
            System.exit(former(arguments.length > 1 ? Long.parseLong(arguments[1]) : StaleContent.FULL) ? 0 : 1);
        }
        Form form = arguments[0].equals("full") ? Form.FULL : Form.SMOKE;
        long seed = arguments.length > 1 ? Long.decode(arguments[1]) : randomSeed();
        System.out.println("seed " + seed + ", " + form);
        long begun = System.nanoTime();
        Account account = Stress.run(form, seed);
        System.out.println(account);
        System.out.println((System.nanoTime() - begun) / 1_000_000_000L + " s");
        System.exit(account.wrong().isEmpty() ? 0 : 1);
    }

    private static boolean former(long bytes) {
        long seed = randomSeed();
        System.out.println("seed " + seed);
        StaleContent.Outcome outcome = StaleContent.run(bytes, Level.I, seed);
        System.out.println(outcome);
        return outcome.former() == 0;
    }

    private static boolean hits(int count, long seed) throws InterruptedException {
        System.out.println("seed " + seed);
        long begun = System.nanoTime();
        GuardHits.Outcome outcome = GuardHits.run(count, seed, THREADS);
        System.out.println(outcome);
        System.out.println((System.nanoTime() - begun) / 1_000_000_000L + " s");
        return outcome.wrong().isEmpty() && outcome.count() == count;
    }

    private static long randomSeed() {
        return RandomGenerator.getDefault().nextLong(1_000_000);
    }

    /** Kills victims and returns whether their files were right. The files of the last victim stay in the folder for inspection. */
    private static boolean kills(int count) throws InterruptedException, IOException {
        long seed = randomSeed();
        Path folder = Files.createTempDirectory("malloc9-kills");
        System.out.println("seed " + seed + ", " + folder);
        long begun = System.nanoTime();
        Kills.Outcome outcome = Kills.run(count, seed, folder);
        System.out.println(outcome);
        System.out.println((System.nanoTime() - begun) / 1_000_000_000L + " s");
        return outcome.wrong().isEmpty();
    }

    private static boolean misuse(long count) throws InterruptedException {
        long seed = RandomGenerator.getDefault().nextLong(1_000_000);
        System.out.println("seed " + seed);
        long begun = System.nanoTime();
        Misuse.Outcome outcome = Misuse.run(count, seed);
        System.out.println(outcome);
        System.out.println((System.nanoTime() - begun) / 1_000_000_000L + " s");
        return outcome.wrong().isEmpty();
    }
}
