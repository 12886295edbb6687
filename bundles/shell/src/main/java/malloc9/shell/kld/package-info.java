/**
 * The linker of modules (kern_linker) on the means of OSGi. A module is a bundle. One module depends on another if the framework has wired
 * it to that module, or would have to.
 *
 * <p>{@link malloc9.shell.kld.Linker} is the entry. Imports memstat's text output, {@code malloc9.api}, {@code malloc9.api.runtime}, the
 * framework and the runtime API of Declarative Services.
 */
@NullMarked
package malloc9.shell.kld;

import org.jspecify.annotations.NullMarked;
