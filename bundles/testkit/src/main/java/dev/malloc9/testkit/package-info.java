/**
 * Runs JUnit 5 tests in a real framework. A class annotated with {@link OsgiTest} is run test by test inside a framework that Pax Exam
 * starts. {@link OutsideFramework} drives the life of a whole framework from outside.
 *
 * <p>The two halves of the driver are one bundle. Outside, {@link OsgiExtension} and {@link Launching} start the container and send the
 * unique id of each test. Inside, {@link JupiterInvoker} runs the Jupiter engine on that id. A failure there comes back through {@link
 * RemoteFailure}. {@link LeakFree}, {@link RestartsClean} and {@link ClassLoaders} check that a test leaves nothing behind. Imports JUnit,
 * opentest4j, Pax Exam, bnd, org.osgi and, for LeakFree alone, malloc9's API; nothing of the kernel.
 */
@NullMarked
@Version("1.0.0")
@Export
package dev.malloc9.testkit;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
