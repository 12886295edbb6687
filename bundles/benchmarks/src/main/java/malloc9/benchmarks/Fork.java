package malloc9.benchmarks;

import com.google.gson.Gson;
import java.util.concurrent.FutureTask;
import malloc9.benchmarks.Sampling.Sample;
import malloc9.benchmarks.allocators.Allocator;
import malloc9.benchmarks.allocators.Unavailable;

/** What runs in a fresh JVM: one workload on one allocator. Its last line is the {@link Sample}, as JSON. */
public final class Fork {

    /** The exit status of a JVM whose allocator is not there; the last line says why. */
    static final int UNAVAILABLE = 3;

    private Fork() {}

    /** Arguments: workload, allocator, milliseconds of warm-up, slices. */
    public static void main(String[] args) throws Exception {
        Workload workload = Workload.valueOf(args[0]);
        Allocator allocator = Allocator.valueOf(args[1]);
        Sampling sampling = new Sampling(Long.parseLong(args[2]), Integer.parseInt(args[3]));
        FutureTask<Sample> task = new FutureTask<>(() -> sampling.measure(workload.on(allocator.open())));
        Thread thread = allocator.threads().newThread(task);
        thread.start();
        thread.join();
        switch (task.state()) {
            case SUCCESS -> System.out.println(new Gson().toJson(task.resultNow()));
            default -> fail(task.exceptionNow());
        }
    }

    private static void fail(Throwable cause) throws Exception {
        if (cause instanceof Unavailable) {
            System.out.println(cause.getMessage());
            System.exit(UNAVAILABLE);
        }
        throw new IllegalStateException("the loop failed", cause);
    }
}
