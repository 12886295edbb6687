/**
 * The allocator API for drivers: one line declares a memory type, one call allocates, one call frees.
 *
 * <pre>{@code
 * public final class EtherDriver implements BundleActivator {
 *     @MallocDefine(name = "ether", description = "Ethernet frames and descriptors")
 *     static final MallocType M_ETHER = MallocType.define();
 *
 *     MemorySegment frame = malloc.malloc(2048, M_ETHER, M_WAITOK | M_ZERO);
 *     malloc.free(frame, M_ETHER);
 * }
 * }</pre>
 *
 * <p>When bnd builds the bundle, the annotation becomes manifest metadata: a {@code malloc9.type} capability. The kernel registers the
 * type before the bundle's activator runs, and unregisters it after the activator's stop has returned. Blocks that the driver has not
 * freed by then are reported. Their segments throw {@link java.lang.IllegalStateException} from then on, and the kernel takes the memory
 * back.
 *
 * <p>{@link Malloc} is the allocator service. {@link TypeAccounting} counts memory of other allocators. {@link MallocFlags} are FreeBSD's
 * flags, typed so that only a caller of the overloads with {@code long} flags, such as {@code M_NOWAIT}, has to check for null.
 *
 * <p>Errors are unchecked exceptions whose messages name the argument and its value:
 * <ul>
 *   <li>{@link InvalidRequest}: an impossible size, flag or type.
 *   <li>{@link UnregisteredType}: the type's bundle is not loaded, or the kernel has stopped.
 *   <li>{@link KernelMapExhausted}: no memory for {@code M_WAITOK}.
 *   <li>{@link InterruptedRequest}: the thread was interrupted while it waited.
 *   <li>{@link KernelPanic}: an error that would end a BSD kernel; here only the caller that caused it gets the exception, and it is
 *       recorded. {@link InvalidFree}, {@link BlockDamaged} and {@code raw.GuardHit} are its subclasses.
 * </ul>
 *
 * <p>Of these classes only {@link DriverActivator} needs an OSGi framework. The package follows malloc(9) of FreeBSD 9.0-CURRENT, October
 * 2010.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
