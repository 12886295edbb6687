/**
 * What there is to see of a running kernel, as plain records: types, zones, modules, leaks, panics, the kernel map; and
 * what an operator may switch ({@link malloc9.api.runtime.MallocOperator}).
 *
 * <p>One interface goes the other way: the kernel calls {@link malloc9.api.runtime.LowMemoryHandler} services.
 *
 * <p>Every view (shell, console, metrics) stands on {@link malloc9.api.runtime.MallocRuntime}; nobody reaches into the
 * kernel. Sizes are in bytes, times are instants of the wall clock, lists are snapshots. Names that come from bundles
 * are as the bundle wrote them: who prints them escapes them. Imports the JDK only.
 */
@NullMarked
@Version("1.0.0")
@Export
package malloc9.api.runtime;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
