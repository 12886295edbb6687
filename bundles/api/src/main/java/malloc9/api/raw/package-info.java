/**
 * The unsafe door: malloc and free with {@code long} addresses, for adapters that store them, and {@link RawMemory} to read and write there.
 *
 * <p>An address is not revoked when its bundle stops, has no bounds and no scope; who keeps one too long reads
 * somebody else's memory. Whoever can, uses {@link malloc9.api.Malloc}. The checks at free are the same. Where a block is
 * guarded, an access through {@link RawMemory} that misses it is a {@link GuardHit} that names it. Imports
 * {@code malloc9.api}, and {@code malloc9.api.runtime} for whose a guarded block is.
 */
@NullMarked
@Version("1.0.0")
@Export
package malloc9.api.raw;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
