package dev.malloc9.vm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A native call that uses a segment for as long as a test needs: qsort, whose comparator waits. */
public final class NativeSort {

    private final CountDownLatch goOn = new CountDownLatch(1);

    /** Completed when the call is in flight or has failed. */
    private final CompletableFuture<Void> inside = new CompletableFuture<>();

    private final Thread caller;

    private NativeSort(MemorySegment bytes) {
        caller = Thread.ofPlatform().start(() -> {
            try {
                sort(bytes);
            } catch (Throwable e) {
                inside.completeExceptionally(e);
            }
        });
    }

    /** Sorts the bytes of a segment, at least two, in a thread of its own. Returns while that call is in flight. */
    public static NativeSort hold(MemorySegment bytes) {
        NativeSort sort = new NativeSort(bytes);
        sort.inside.join();
        return sort;
    }

    /** Lets the call continue, and waits for its end. */
    public void end() throws InterruptedException {
        goOn.countDown();
        caller.join();
    }

    private void sort(MemorySegment bytes) throws Throwable {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor comparator =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        MethodHandle compare = MethodHandles.lookup()
                .bind(this, "compare", MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
        try (Arena arena = Arena.ofConfined()) {
            linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("qsort"),
                            FunctionDescriptor.ofVoid(
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.ADDRESS))
                    .invokeWithArguments(bytes, bytes.byteSize(), 1L, linker.upcallStub(compare, comparator, arena));
        }
    }

    @SuppressWarnings("unused") // called by qsort
    private int compare(MemorySegment left, MemorySegment right) throws InterruptedException {
        inside.complete(null);
        goOn.await();
        return Byte.compare(
                left.reinterpret(1).get(ValueLayout.JAVA_BYTE, 0),
                right.reinterpret(1).get(ValueLayout.JAVA_BYTE, 0));
    }
}
