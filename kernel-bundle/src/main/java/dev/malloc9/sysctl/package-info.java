/**
 * Layer 1, the knobs: each layer declares them beside its variables, and users read and write them by name. The package also reads the
 * tunables of the boot environment.
 *
 * <p>May import nothing of the kernel, and of the API only {@code dev.malloc9.api.sysctl}.
 */
@NullMarked
package dev.malloc9.sysctl;

import org.jspecify.annotations.NullMarked;
