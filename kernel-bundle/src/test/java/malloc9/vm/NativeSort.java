package malloc9.vm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Callable;

/** A native call that holds a segment for as long as a test wants: qsort, which calls back. */
public final class NativeSort {

    private NativeSort() {}

    /** Sorts two bytes; what is to be done meanwhile is done by each comparison. */
    public static void sort(MemorySegment bytes, Callable<?> whileComparing) {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor comparator =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle compare = MethodHandles.lookup()
                    .findStatic(
                            NativeSort.class,
                            "compare",
                            MethodType.methodType(int.class, Callable.class, MemorySegment.class, MemorySegment.class))
                    .bindTo(whileComparing);
            linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("qsort"),
                            FunctionDescriptor.ofVoid(
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.ADDRESS))
                    .invokeWithArguments(bytes, 2L, 1L, linker.upcallStub(compare, comparator, arena));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unused") // called by qsort
    private static int compare(Callable<?> whileComparing, MemorySegment left, MemorySegment right) throws Exception {
        whileComparing.call();
        return 0;
    }
}
