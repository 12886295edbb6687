/**
 * The unsafe API: malloc and free with {@code long} addresses, for adapters that store addresses, and {@link RawMemory} to read and write
 * there.
 *
 * <p>An address has no bounds and no scope, and is not revoked when its bundle stops. Code that uses an address after the free may read or
 * write memory of another block. Use {@link dev.malloc9.api.Malloc} where possible. The checks at free are the same.
 *
 * <p>Where a block is guarded, an access through {@link RawMemory} that misses it throws a {@link GuardHit} that names the block. Imports
 * {@code dev.malloc9.api}, and {@code dev.malloc9.api.runtime} for the owner of a guarded block.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.api.raw;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
