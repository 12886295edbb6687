/** Drivers from which tests make bundles. Each driver shows one behaviour of a bundle. */
@NullMarked
package dev.malloc9.itests.drivers;

import org.jspecify.annotations.NullMarked;
