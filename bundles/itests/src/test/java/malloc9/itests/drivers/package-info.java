/** Drivers that tests make bundles of; each does one thing that a bundle can do. */
@NullMarked
package malloc9.itests.drivers;

import org.jspecify.annotations.NullMarked;
