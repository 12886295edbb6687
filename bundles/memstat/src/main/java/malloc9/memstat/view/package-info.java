/**
 * The tables that FreeBSD's operators know, of memory types: vmstat(8)'s and ddb(4)'s to the byte, as text and as JSON.
 *
 * <p>JSON has vmstat's names of libxo; sizes are in bytes there, counts that may be below zero are signed. Imports
 * {@code malloc9.memstat} and a JSON writer.
 */
@NullMarked
@Version("1.1.0")
@Export
package malloc9.memstat.view;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
