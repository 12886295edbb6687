package dev.malloc9.mbuf;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** A native call that uses a segment while an event happens. The call is qsort of libc, whose comparison is an upcall into Java. */
final class NativeUse {

    private final Runnable event;
    private boolean happened;
    private @Nullable Throwable thrown;

    private NativeUse(Runnable event) {
        this.event = event;
    }

    /**
     * Runs the event once, while libc sorts the bytes of the segment. A segment of fewer than two bytes causes no comparison, and the event
     * does not run. A RuntimeException or AssertionError of the event is thrown after the native call.
     */
    static void of(MemorySegment segment, Runnable event) throws Throwable {
        NativeUse use = new NativeUse(event);
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle comparison = MethodHandles.lookup()
                    .findVirtual(
                            NativeUse.class,
                            "compare",
                            MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class))
                    .bindTo(use);
            MemorySegment compare = linker.upcallStub(
                    comparison,
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                    arena);
            MethodHandle qsort = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("qsort"),
                    FunctionDescriptor.ofVoid(
                            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
            qsort.invokeExact(segment, segment.byteSize(), 1L, compare);
        }
        if (use.thrown != null) {
            throw use.thrown;
        }
    }

    /** Runs the event at the first comparison. An exception must not leave an upcall, so it is kept until the native call has returned. */
    int compare(MemorySegment left, MemorySegment right) {
        if (!happened) {
            happened = true;
            try {
                event.run();
            } catch (RuntimeException | AssertionError e) {
                thrown = e;
            }
        }
        return 0;
    }
}
