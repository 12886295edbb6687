/**
 * Network buffers: mbufs, clusters, packets and jumbo clusters as zones, as mbuf(9) of FreeBSD 9.0-CURRENT, October 2010, has them.
 *
 * <p>{@link Mbufs} is the service; an {@link Mbuf} is a buffer of a chain. Lengths and counts are those of a 64-bit FreeBSD.
 * Imports {@code malloc9.api} only, as any driver may; only the command knows Gogo.
 */
@NullMarked
@Version("1.0.0")
@Export
package malloc9.mbuf;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
