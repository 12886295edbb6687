/**
 * The service by which {@link dev.malloc9.api.DriverActivator} asks the kernel to accept a bundle's memory types.
 *
 * <p>A framework can keep a bundle from becoming ACTIVE only in the bundle's activator. This holds for a bundle that starts eagerly,
 * lazily, or has no activator of its own. Drivers do not use this package directly. Imports {@code org.osgi.framework}.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.api.module;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
