package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Addresses;
import dev.malloc9.benchmarks.allocators.Blocks;
import dev.malloc9.benchmarks.allocators.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The workload of 10,000 virtual threads. Each thread holds a block and repeats a round: it does some pairs, yields and replaces its block.
 *
 * <p>The start of the threads and the yields are part of the figure, the same for all allocators.
 */
final class VirtualThreads {

    private static final int THREADS = 10_000;

    /** The number of rounds of a thread. */
    private static final int ROUNDS = 8;

    /** The number of pairs in a round, besides the replacement of the held block. */
    private static final int PAIRS = 15;

    private static final int BYTES = 64;

    private VirtualThreads() {}

    static Sample measure(Subject subject, Sampling sampling) {
        Runnable body = switch (subject) {
            case Addresses addresses -> () -> work(addresses);
            case Blocks<?> blocks -> () -> work(blocks);
        };
        long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(sampling.warmUpMillis())) {
            runAll(body);
        }
        List<Sample> samples = new ArrayList<>();
        start = System.nanoTime();
        long enough = TimeUnit.MILLISECONDS.toNanos(sampling.slices());
        do {
            samples.add(iteration(body));
        } while (System.nanoTime() - start < enough);
        return new Sample(
                Sampling.median(samples.stream().mapToDouble(Sample::value).toArray()),
                Sampling.median(samples.stream().mapToDouble(Sample::heapBytes).toArray()));
    }

    private static Sample iteration(Runnable body) {
        double operations = (double) THREADS * ROUNDS * (PAIRS + 1);
        long allocated = Sampling.THREADS.getTotalThreadAllocatedBytes();
        long start = System.nanoTime();
        runAll(body);
        return new Sample(
                (System.nanoTime() - start) / operations,
                (Sampling.THREADS.getTotalThreadAllocatedBytes() - allocated) / operations);
    }

    private static void runAll(Runnable body) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        ThreadFactory factory = Thread.ofVirtual()
                .uncaughtExceptionHandler((thread, e) -> failure.set(e))
                .factory();
        List<Thread> threads = new ArrayList<>(THREADS);
        for (int i = 0; i < THREADS; i++) {
            Thread thread = factory.newThread(body);
            threads.add(thread);
            thread.start();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("a virtual thread has failed", cause);
        }
    }

    private static void work(Addresses allocator) {
        long held = allocator.malloc(BYTES);
        Memory.touch(held, 0);
        for (int round = 0; round < ROUNDS; round++) {
            pairs(allocator);
            giveWay();
            allocator.free(held);
            held = allocator.malloc(BYTES);
            Memory.touch(held, round);
        }
        allocator.free(held);
    }

    /** Unmounts this virtual thread, so that a carrier runs many threads in turn. */
    @SuppressWarnings("ThreadPriorityCheck") // the yield is part of the workload
    private static void giveWay() {
        Thread.yield();
    }

    private static void pairs(Addresses allocator) {
        for (int i = 0; i < PAIRS; i++) {
            long block = allocator.malloc(BYTES);
            Memory.touch(block, i);
            allocator.free(block);
        }
    }

    private static <B> void work(Blocks<B> allocator) {
        B held = allocator.malloc(BYTES);
        allocator.touch(held, 0);
        for (int round = 0; round < ROUNDS; round++) {
            pairs(allocator);
            giveWay();
            allocator.free(held);
            held = allocator.malloc(BYTES);
            allocator.touch(held, round);
        }
        allocator.free(held);
    }

    private static <B> void pairs(Blocks<B> allocator) {
        for (int i = 0; i < PAIRS; i++) {
            B block = allocator.malloc(BYTES);
            allocator.touch(block, i);
            allocator.free(block);
        }
    }
}
