/**
 * Layer 2, address space and OS pages: one reserved range, handed out in runs and given back to the OS,
 * and what a request does that finds it full.
 *
 * <p>{@link malloc9.vm.Libc} is the platform border: the only class of the kernel that calls into the OS. May import
 * {@link malloc9.sysctl}, and of the API knobs and what its handlers implement.
 */
@NullMarked
package malloc9.vm;

import org.jspecify.annotations.NullMarked;
