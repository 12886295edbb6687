package malloc9.api.runtime;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is asked to give memory back when the kernel map is full (the event handler vm_lowmem).
 *
 * <p>A service of this type is found by the kernel. It is called in a thread of the kernel while a request with {@code M_WAITOK} that
 * found no memory waits, up to eight times a request and by several threads at once: it frees what it can do without, and
 * does not wait for anybody. A handler that has not returned after a second is left out until it returns. What it throws is told to the kernel's journal, and the other handlers are still called. A
 * request of its own that finds no memory does not wait.
 */
@ConsumerType
@FunctionalInterface
public interface LowMemoryHandler {

    /** Memory is low: free what can be done without. */
    void vmLowmem();
}
