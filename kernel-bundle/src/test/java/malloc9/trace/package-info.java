/** Tests of the probes. */
@NullMarked
package malloc9.trace;

import org.jspecify.annotations.NullMarked;
