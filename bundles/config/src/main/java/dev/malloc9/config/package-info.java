/**
 * The knobs as a configuration. The values that Config Admin has for the PID {@code malloc9.kernel} are set, the values that the shell sets
 * are kept there, and Metatype describes them.
 *
 * <p>May import the API and, of OSGi, Config Admin, Metatype and the log.
 */
@NullMarked
package dev.malloc9.config;

import org.jspecify.annotations.NullMarked;
