/**
 * The access that a kernel has to the descriptors of drivers. Drivers have no use for it and cannot import it by accident: an import of
 * this package resolves only if it has the mandatory attribute of the export.
 */
@NullMarked
@Version("1.0.0")
@Export(
        attribute = {"access=kernel", "mandatory:=access"},
        substitution = Export.Substitution.NOIMPORT)
package dev.malloc9.api.kernel;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
