/**
 * Layer 5, what tells of mistakes: the sites of blocks.
 *
 * <p>May import {@link malloc9.sysctl}, {@link malloc9.vm}, {@link malloc9.pcpu}, {@link malloc9.uma} and the API.
 */
@NullMarked
package malloc9.debug;

import org.jspecify.annotations.NullMarked;
