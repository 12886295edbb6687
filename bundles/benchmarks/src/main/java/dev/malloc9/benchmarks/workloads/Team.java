package dev.malloc9.benchmarks.workloads;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A team of threads that run at the same time, each with a loop of its own.
 *
 * <p>All threads run from their warm-up to the end of the measurement, so that each slice runs beside all other threads. A thread without a
 * measured slice at that time runs on until it has one, possibly alone.
 */
final class Team {

    private static final int INTERVALS = 8;

    private final Sampling sampling;
    private final CountDownLatch warm;
    private volatile boolean measuring;
    private volatile boolean stopped;

    private Team(int threads, Sampling sampling) {
        this.sampling = sampling;
        warm = new CountDownLatch(threads);
    }

    /**
     * The result of a team.
     *
     * @param cpu the CPU time that an operation costs its thread: the mean over the threads of their median slices
     * @param wall the wall time from one operation of the team to the next one: the median of a few intervals
     */
    record Result(Sample cpu, Sample wall) {}

    /**
     * Runs a loop in each of that many threads, warms the loops up, and measures for {@code sampling.slices()} milliseconds.
     *
     * @param loops called once in each thread, for its loop
     * @throws IllegalStateException if a thread of the team failed, which is the cause, or the calling thread is interrupted
     */
    static Result measure(int threads, Supplier<Loop> loops, ThreadFactory factory, Sampling sampling) {
        Team team = new Team(threads, sampling);
        List<Member> members = new ArrayList<>();
        List<FutureTask<Sample>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Member member = team.new Member();
            FutureTask<Sample> task = new FutureTask<>(() -> member.run(loops));
            members.add(member);
            tasks.add(task);
            factory.newThread(task).start();
        }
        try {
            team.warm.await();
            double[] wall = team.intervals(members);
            team.stopped = true;
            List<Sample> samples = new ArrayList<>();
            for (FutureTask<Sample> task : tasks) {
                samples.add(task.get());
            }
            double cpu = samples.stream().mapToDouble(Sample::value).average().orElseThrow();
            double heap =
                    samples.stream().mapToDouble(Sample::heapBytes).average().orElseThrow();
            return new Result(new Sample(cpu, heap), new Sample(Sampling.median(wall), heap));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a thread of the team has failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            team.stopped = true;
        }
    }

    private double[] intervals(List<Member> members) throws InterruptedException {
        double[] nanos = new double[INTERVALS];
        measuring = true;
        for (int i = 0; i < INTERVALS; i++) {
            long start = System.nanoTime();
            long before = done(members);
            TimeUnit.MILLISECONDS.sleep(Math.ceilDiv(sampling.slices(), INTERVALS));
            long operations = Math.max(1, done(members) - before);
            nanos[i] = (double) (System.nanoTime() - start) / operations;
        }
        return nanos;
    }

    private static long done(List<Member> members) {
        return members.stream().mapToLong(member -> member.done).sum();
    }

    /** A thread of the team. */
    private final class Member {

        /** The number of operations done. Written by this thread after each slice. */
        private volatile long done;

        @SuppressWarnings("NonAtomicVolatileUpdate") // only one thread writes
        Sample run(Supplier<Loop> loops) {
            double[] nanos = new double[sampling.slices()];
            double[] heapBytes = new double[sampling.slices()];
            int slice = 0;
            boolean counted = false;
            try (Loop loop = loops.get()) {
                Yardstick yardstick = new Yardstick(loop, sampling.slices());
                int operations = sampling.warmUp(loop, Clock.CPU, yardstick);
                warm.countDown();
                counted = true;
                while (!stopped || slice == 0) {
                    boolean inTime = measuring || stopped;
                    long allocated = Sampling.THREADS.getCurrentThreadAllocatedBytes();
                    long start = Clock.CPU.nanos();
                    loop.run(operations);
                    long spent = Clock.CPU.nanos() - start;
                    boolean counts = yardstick.counts() || stopped;
                    if (inTime && counts && slice < nanos.length) {
                        nanos[slice] = (double) spent / operations;
                        heapBytes[slice] =
                                (double) (Sampling.THREADS.getCurrentThreadAllocatedBytes() - allocated) / operations;
                        slice++;
                    }
                    done += operations;
                }
            } finally {
                if (!counted) {
                    warm.countDown();
                }
            }
            return new Sample(
                    Sampling.median(Arrays.copyOf(nanos, slice)), Sampling.median(Arrays.copyOf(heapBytes, slice)));
        }
    }
}
