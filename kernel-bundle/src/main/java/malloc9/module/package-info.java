/**
 * Layer 8, modules: driver bundles come and go, their types with them.
 *
 * <p>May import {@link malloc9.malloc} and the API.
 */
@NullMarked
package malloc9.module;

import org.jspecify.annotations.NullMarked;
