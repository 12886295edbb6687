/**
 * The kernel's verdict on a bundle's descriptors, which {@link malloc9.api.DriverActivator} asks for.
 *
 * <p>A framework offers no other place than an activator where a bundle can be kept from becoming ACTIVE, whether it
 * starts eagerly, lazily, or has no activator of its own. Drivers name nothing of this package. Imports
 * {@code org.osgi.framework}.
 */
@NullMarked
@Version("1.0.0")
@Export
package malloc9.api.module;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
