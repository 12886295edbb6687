/**
 * The knobs as a configuration: what Config Admin has of PID {@code malloc9.kernel} is set, what the shell sets is kept there, and
 * Metatype describes it.
 *
 * <p>May import the API, and of OSGi Config Admin, Metatype and the log.
 */
@NullMarked
package malloc9.config;

import org.jspecify.annotations.NullMarked;
