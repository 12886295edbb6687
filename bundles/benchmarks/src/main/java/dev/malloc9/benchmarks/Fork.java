package dev.malloc9.benchmarks;

import com.google.gson.Gson;
import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.allocators.Subject;
import dev.malloc9.benchmarks.allocators.Unavailable;
import dev.malloc9.benchmarks.statistics.Accounting;
import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sample;
import dev.malloc9.benchmarks.workloads.Sampling;
import dev.malloc9.benchmarks.workloads.Workload;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;

/**
 * The main class of a fresh JVM that measures one workload on one allocator or implementation of counters. If it succeeds, the last line of
 * its output is a JSON object: the title of each {@link Figure} of the workload, with its {@link Sample}.
 */
public final class Fork {

    /** The exit status of a process that ended with {@link Unavailable}. The last line of its output is the reason. */
    static final int UNAVAILABLE = 3;

    private Fork() {}

    /**
     * Measures the workload in a thread of the allocator's own kind. If the measurement ends with {@link Unavailable}, exits with
     * {@link #UNAVAILABLE}.
     *
     * @param args the workload, the allocator or implementation of counters, the milliseconds of warm-up, the number of slices, the
     *     megabytes of the memory trace
     * @throws IllegalArgumentException if there is no such workload or allocator
     * @throws IllegalStateException if the workload failed; the cause is its exception
     */
    public static void main(String[] args) throws Exception {
        Workload workload = Workload.titled(args[0]);
        Sampling sampling = new Sampling(Long.parseLong(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        ThreadFactory threads =
                workload.isAblation() ? Thread::new : Allocator.valueOf(args[1]).threads();
        FutureTask<Map<Figure, Sample>> task =
                new FutureTask<>(() -> workload.measure(open(workload, args[1]), threads, sampling));
        Thread thread = threads.newThread(task);
        thread.start();
        thread.join();
        switch (task.state()) {
            case SUCCESS -> System.out.println(toJson(task.resultNow()));
            default -> fail(task.exceptionNow());
        }
    }

    private static Subject open(Workload workload, String name) {
        return workload.isAblation()
                ? Accounting.valueOf(name).open()
                : Allocator.valueOf(name).open();
    }

    private static String toJson(Map<Figure, Sample> found) {
        Map<String, Sample> byTitle = new TreeMap<>();
        found.forEach((figure, sample) -> byTitle.put(figure.title(), sample));
        return new Gson().toJson(byTitle);
    }

    private static void fail(Throwable cause) {
        if (cause instanceof Unavailable) {
            System.out.println(cause.getMessage());
            System.exit(UNAVAILABLE);
        }
        throw new IllegalStateException("the workload failed", cause);
    }
}
