package dev.malloc9.api.runtime;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A handler of the event vm_lowmem (EVENTHANDLER(9)): a bundle's service that frees memory when the kernel map is full.
 *
 * <p>The kernel finds every registered service of this type. It calls the handlers one after the other while a request with
 * {@code M_WAITOK} that found no memory waits. A malloc raises the event up to eight times, a contigmalloc once, and a write to
 * {@code debug.vm_lowmem} once; a zalloc does not. Several threads may raise it at the same time. Each call is made in its own kernel
 * thread.
 *
 * <p>A handler must not wait for other threads. If a call has not returned after one second, the request continues without it, and the
 * handler is not called again until that call returns. An exception or error is reported to the kernel's journal, and the other handlers
 * are still called.
 *
 * <p>A request that a handler makes in the thread of its call does not raise the event. If it finds no memory, it does not wait, and with
 * {@code M_WAITOK} throws {@link dev.malloc9.api.KernelMapExhausted}.
 */
@ConsumerType
@FunctionalInterface
public interface LowMemoryHandler {

    /** Frees memory that the bundle does not need (vm_lowmem). Called by any number of threads at the same time. */
    void vmLowmem();
}
