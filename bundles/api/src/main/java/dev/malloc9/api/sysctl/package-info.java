/**
 * The API of the kernel's knobs: reads, writes and lists them by name, as sysctl(3) and sysctl(8) do.
 *
 * <p>Values are bytes in the host's byte order, as FreeBSD's tools read them. {@link dev.malloc9.api.sysctl.Sysctl} also returns them as
 * text. Imports the JDK only.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.api.sysctl;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
