/**
 * The monitoring API: the state of a running kernel as plain records (types, zones, modules, leaks, panics, the kernel map), and the
 * operator's settings ({@link dev.malloc9.api.runtime.MallocOperator}).
 *
 * <p>One interface is implemented by bundles: the kernel calls {@link dev.malloc9.api.runtime.LowMemoryHandler} services.
 *
 * <p>Views (shell, console, metrics) read the kernel's state through {@link dev.malloc9.api.runtime.MallocRuntime}. Sizes are in bytes,
 * times are instants of the wall clock, lists are snapshots. Names that come from bundles are not escaped; code that prints them must
 * escape them. Imports the JDK only.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.api.runtime;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
