/**
 * The main class of {@code felix-config/run}. It boots an OSGi framework with the distribution's bundles, starts the batch or the shell,
 * and ends the process.
 *
 * <p>Imports the JDK and {@code org.osgi.framework} with its subpackages only, and runs on the class path, outside the framework.
 */
@NullMarked
package dev.malloc9.launcher;

import org.jspecify.annotations.NullMarked;
