/**
 * The descriptions of the commands, and the manual. The services of the commands provide one description each, and the bundles carry manual
 * pages in {@code man/}.
 *
 * <p>Imports the framework and Gogo's API.
 */
@NullMarked
package dev.malloc9.shell.manual;

import org.jspecify.annotations.NullMarked;
