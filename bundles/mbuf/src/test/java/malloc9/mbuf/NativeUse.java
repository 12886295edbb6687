package malloc9.mbuf;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** A native call that uses a segment while something happens: qsort, whose comparison is Java's. */
final class NativeUse {

    private final Runnable event;
    private boolean happened;
    private @Nullable Throwable thrown;

    private NativeUse(Runnable event) {
        this.event = event;
    }

    /** Lets it happen, once, while libc sorts the segment's bytes, of which there are two at least. */
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

    /** Nothing may leave an upcall. */
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
