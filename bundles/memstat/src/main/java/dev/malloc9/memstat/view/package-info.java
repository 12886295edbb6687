/**
 * The tables of memory types that FreeBSD's operators know, and a table of growth, as text and as JSON. The formats of vmstat(8)
 * and ddb(4) are the same to the byte.
 *
 * <p>JSON has the names that vmstat uses with libxo. Sizes in JSON are in bytes, and counts that may be negative are signed. The
 * package imports {@code dev.malloc9.memstat} and a JSON writer.
 */
@NullMarked
@Version("1.1.0")
@Export
package dev.malloc9.memstat.view;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
