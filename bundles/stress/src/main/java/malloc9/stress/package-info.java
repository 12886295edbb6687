/**
 * The shadow-checked stress of the allocator: threads that come and go pass blocks around, modules come and go, caches are
 * taken away, and a shadow of the kernel map knows what is whose. May import all of the kernel.
 */
@NullMarked
package malloc9.stress;

import org.jspecify.annotations.NullMarked;
