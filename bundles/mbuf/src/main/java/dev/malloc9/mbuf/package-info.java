/**
 * Network buffers as in mbuf(9) of FreeBSD 9.0-CURRENT, October 2010: zones of mbufs, clusters, packets and jumbo clusters.
 *
 * <p>{@link Mbufs} is the service. An {@link Mbuf} is a buffer of a chain. Lengths and counts are as in a 64-bit FreeBSD. The
 * package imports {@code dev.malloc9.api}, as any driver may, and the JSON writer of {@code dev.malloc9.memstat.view}. Only the command
 * imports Gogo.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.mbuf;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
