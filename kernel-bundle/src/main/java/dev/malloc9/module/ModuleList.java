package dev.malloc9.module;

import dev.malloc9.malloc.type.Owner;
import java.util.List;

/** The list of the modules that own memory types, including the kernel itself. */
public interface ModuleList {

    /** Returns the owners. The kernel's own is the first. In a framework the others follow by bundle id; without one they have no order. */
    List<Owner> owners();

    /**
     * Waits until all segments of the former lives of a bundle have ended. Without a framework there are no bundles, and the result is
     * true.
     *
     * @param nanos the longest time to wait, in nanoseconds
     * @return false if a life has not ended in time
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    default boolean awaitRevoked(long bundleId, long nanos) throws InterruptedException {
        return true;
    }
}
