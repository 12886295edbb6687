/** The service in which one module leaves a segment for another. Imports the JDK only. */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.samples.holder;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
