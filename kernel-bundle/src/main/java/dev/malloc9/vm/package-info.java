/**
 * Layer 2, address space and OS pages: reserves one range, allocates runs of it and returns their memory to the OS. It also contains the
 * retry loop of a request that finds the range full.
 *
 * <p>{@link dev.malloc9.vm.Libc} is the platform layer: the only class of the kernel that calls the OS directly. The package may import
 * {@link dev.malloc9.sysctl}, and of the API the knobs and the interface that low-memory handlers implement.
 */
@NullMarked
package dev.malloc9.vm;

import org.jspecify.annotations.NullMarked;
