/**
 * The API of zones: allocators of items of one size, UMA for drivers.
 *
 * <pre>{@code
 * Zone frames = zones.zcreate(ZoneRequest.of("ether frame", 2048, M_ETHER));
 * MemorySegment frame = frames.zalloc(M_WAITOK);
 * frames.zfree(frame);
 * frames.zdestroy();
 * }</pre>
 *
 * <p>{@link Zones} is the service. A zone belongs to the bundle of the memory type that it was created for. When the bundle stops, items
 * in use are reported, their segments throw from then on, and the kernel takes the memory back.
 *
 * <p>Items do not count in the statistics of the type, but in the statistics of the zone ({@code vmstat -z}). The package follows zone(9)
 * of FreeBSD 9.0-CURRENT, October 2010. Imports {@code dev.malloc9.api} and {@code dev.malloc9.api.runtime}.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.api.zone;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
