/**
 * The contract that drivers compile against: one line declares a memory type, one call allocates, one call frees.
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
 * <p>The annotation becomes manifest metadata when bnd builds the bundle: a {@code malloc9.type} capability that the
 * kernel registers before the bundle's activator runs and unregisters after the activator's stop has returned. What
 * the driver still holds then is reported to the byte, its segments throw {@link java.lang.IllegalStateException} from
 * there on, and the memory is taken back.
 *
 * <p>{@link Malloc} is the service, {@link TypeAccounting} counts what other allocators hand out; {@link MallocFlags} are FreeBSD's flags, typed so that only a caller that
 * says {@code M_NOWAIT} has a null to check. Errors are unchecked and name the thing and the value:
 * {@link InvalidRequest} (a size or a type that cannot be), {@link UnregisteredType} (the type's bundle is not loaded),
 * {@link KernelMapExhausted} (no memory for {@code M_WAITOK}), {@link InterruptedRequest} (interrupted while it waited),
 * {@link InvalidFree}, {@link BlockDamaged} and their parent {@link KernelPanic} (what ends a BSD kernel; here it reaches only the
 * caller that earned it, and is recorded).
 *
 * <p>Of these classes only {@link DriverActivator} needs a framework. The package follows malloc(9) of FreeBSD 9.0-CURRENT, October 2010.
 */
@NullMarked
@Version("1.0.0")
@Export
package malloc9.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
