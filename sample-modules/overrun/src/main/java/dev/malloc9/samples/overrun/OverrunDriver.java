package dev.malloc9.samples.overrun;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver that passes a block to a C function with a length that is four bytes too large. The kernel reports the overrun when the
 * block is freed. An access by Java code would have thrown an exception instead.
 */
public final class OverrunDriver implements BundleActivator {

    @MallocDefine(name = "overrun", description = "A buffer that a native callee fills too far")
    static final MallocType M_OVERRUN = MallocType.define();

    private static final long SIZE = 100;
    private static final long TOO_MUCH = 4;

    private MemorySegment buffer = MemorySegment.NULL;

    @Override
    public void start(BundleContext context) {
        watchClosely(context);
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        buffer = malloc.malloc(SIZE, M_OVERRUN, M_WAITOK);
        fill(buffer, SIZE + TOO_MUCH);
    }

    @Override
    public void stop(BundleContext context) {
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        malloc.free(buffer, M_OVERRUN);
    }

    /** Sets the driver's own type to level I. {@code sysctl debug.malloc.level=I} does the same for all types. */
    private static void watchClosely(BundleContext context) {
        Bundle self = context.getBundle();
        context.getService(context.getServiceReference(MallocOperator.class))
                .level(
                        new ModuleId(self.getSymbolicName(), self.getVersion().toString(), self.getBundleId()),
                        "overrun",
                        Level.I);
    }

    /** Fills bytes by a call of C's memset. */
    private static void fill(MemorySegment buffer, long bytes) {
        Linker linker = Linker.nativeLinker();
        MethodHandle memset = linker.downcallHandle(
                linker.defaultLookup().find("memset").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        try {
            MemorySegment filled = (MemorySegment) memset.invokeExact(buffer, (int) 'A', bytes);
            if (filled.address() != buffer.address()) {
                throw new AssertionError("memset returns its argument");
            }
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new AssertionError("memset does not throw", impossible);
        }
    }
}
