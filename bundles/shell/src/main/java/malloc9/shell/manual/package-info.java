/**
 * What there is to say of the commands: their one description each, taken from the services themselves, and the manual
 * pages that bundles carry in {@code man/}.
 *
 * <p>Imports the framework and Gogo's API.
 */
@NullMarked
package malloc9.shell.manual;

import org.jspecify.annotations.NullMarked;
