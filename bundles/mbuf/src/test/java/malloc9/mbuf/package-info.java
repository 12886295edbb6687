/** Tests of mbufs on an embedded kernel. */
@NullMarked
package malloc9.mbuf;

import org.jspecify.annotations.NullMarked;
