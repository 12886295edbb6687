/**
 * Layer 8, modules: follows the driver bundles of a framework, and registers and unregisters their memory types.
 *
 * <p>May import {@link dev.malloc9.malloc} and the API.
 */
@NullMarked
package dev.malloc9.module;

import org.jspecify.annotations.NullMarked;
