/**
 * Layer 1, the knobs: what each layer declares beside the variables it owns, read and written by name, and the tunables of the
 * boot environment.
 *
 * <p>May import nothing of the kernel, and of the API {@code malloc9.api.sysctl}.
 */
@NullMarked
package malloc9.sysctl;

import org.jspecify.annotations.NullMarked;
