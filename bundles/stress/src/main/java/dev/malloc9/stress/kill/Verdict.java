package dev.malloc9.stress.kill;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The verdict on the statistics file of a dead victim, which is compared with its {@link Truth}. */
final class Verdict {

    private static final List<String> NAMES = List.of("memalloced", "memfreed", "numallocs", "numfrees");

    /** The names of the kernel's own types, which the truth does not cover. */
    private static final Set<String> KERNELS = Set.of("msgbuf", "temp");

    private final Map<String, long[]> file;
    private final Truth truth;
    private final int threads;
    private final List<String> wrong = new ArrayList<>();
    private long operations;
    private long open;

    private Verdict(Map<String, long[]> file, Truth truth, int threads) {
        this.file = file;
        this.truth = truth;
        this.threads = threads;
    }

    /**
     * Compares the file with the truth.
     *
     * @param file the counters of each type by name
     * @param threads the number of threads of the victim
     */
    static Verdict of(Map<String, long[]> file, Truth truth, int threads) {
        Verdict verdict = new Verdict(file, truth, threads);
        verdict.judge();
        return verdict;
    }

    /** Returns the errors; empty if the file is right. */
    List<String> wrong() {
        return wrong;
    }

    /** Returns the number of operations that were begun on the shared type. */
    long operations() {
        return operations;
    }

    /** Returns the number of operations on the shared type that were begun and not done. */
    long open() {
        return open;
    }

    private void judge() {
        Set<String> unknown = new HashSet<>(file.keySet());
        unknown.removeAll(KERNELS);
        unknown.remove(Victim.SHARED);
        unknown.removeAll(Victim.OWN);
        if (!unknown.isEmpty()) {
            wrong.add("types that never were: " + unknown);
        }
        file.forEach(this::neverNegative);
        between(Victim.SHARED, true, 0, threads);
        for (int counter = Truth.NUMALLOCS; counter <= Truth.NUMFREES; counter++) {
            operations += begun(true, counter, 0, threads);
            open += begun(true, counter, 0, threads) - done(true, counter, 0, threads);
        }
        for (int thread = 0; thread < Math.min(threads, Victim.OWN.size()); thread++) {
            own(thread);
        }
    }

    private void own(int thread) {
        String name = Victim.OWN.get(thread);
        long phase = truth.phase(thread);
        boolean there = file.containsKey(name);
        if (phase == Truth.GONE && there) {
            wrong.add(name + " is gone, and in the file");
        } else if (phase == Truth.HERE && !there) {
            wrong.add(name + " is not in the file");
        } else if (there) {
            between(name, false, thread, thread + 1);
        }
    }

    private void neverNegative(String name, long[] counters) {
        long bytes = counters[Truth.MEMALLOCED] - counters[Truth.MEMFREED];
        long blocks = counters[Truth.NUMALLOCS] - counters[Truth.NUMFREES];
        if (bytes < 0 || blocks < 0 || (blocks == 0 && bytes != 0)) {
            wrong.add(name + ": " + blocks + " blocks of " + bytes + " bytes in use");
        }
    }

    private void between(String name, boolean shared, int from, int to) {
        long @Nullable [] counters = file.get(name);
        if (counters == null) {
            wrong.add(name + " is not in the file");
            return;
        }
        for (int counter = 0; counter < counters.length; counter++) {
            long least = done(shared, counter, from, to);
            long most = begun(shared, counter, from, to);
            if (counters[counter] < least || counters[counter] > most) {
                wrong.add(
                        name + ": " + NAMES.get(counter) + " " + counters[counter] + ", not " + least + " to " + most);
            }
        }
    }

    private long begun(boolean shared, int counter, int from, int to) {
        long sum = 0;
        for (int thread = from; thread < to; thread++) {
            sum += truth.begun(thread, shared, counter);
        }
        return sum;
    }

    private long done(boolean shared, int counter, int from, int to) {
        long sum = 0;
        for (int thread = from; thread < to; thread++) {
            sum += truth.done(thread, shared, counter);
        }
        return sum;
    }
}
