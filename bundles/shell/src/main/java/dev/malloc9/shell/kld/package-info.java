/**
 * The linker of modules (kern_linker) on the means of OSGi. A module is a bundle. One module depends on another if the framework has wired
 * it to that module, or would have to.
 *
 * <p>{@link dev.malloc9.shell.kld.Linker} is the entry. Imports memstat's view, {@code dev.malloc9.api}, {@code
 * dev.malloc9.api.runtime}, the framework and the runtime API of Declarative Services.
 */
@NullMarked
package dev.malloc9.shell.kld;

import org.jspecify.annotations.NullMarked;
