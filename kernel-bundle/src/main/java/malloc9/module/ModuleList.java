package malloc9.module;

import java.util.List;
import malloc9.malloc.type.Owner;

/** The modules that own memory types, the kernel's own first. */
public interface ModuleList {

    /** Their owners, oldest first. */
    List<Owner> owners();

    /**
     * Waits until all segments of the former lives of a bundle have ended. Without a framework there are no bundles to wait for.
     *
     * @return false if one has not ended in time
     */
    default boolean awaitRevoked(long bundleId, long nanos) throws InterruptedException {
        return true;
    }
}
