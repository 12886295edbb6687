package dev.malloc9.vm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Sleeps in C: a virtual thread keeps its carrier meanwhile, and uses no processor time. */
public final class NativeSleep {

    private static final int MICROSECONDS = 1_000;

    private static final MethodHandle USLEEP = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("usleep"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private NativeSleep() {}

    /** Sleeps for a millisecond. */
    public static void sleep() {
        try {
            int status = (int) USLEEP.invokeExact(MICROSECONDS);
            if (status != 0) {
                throw new AssertionError("usleep: " + status);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
