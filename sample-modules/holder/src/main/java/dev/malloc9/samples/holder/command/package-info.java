/** The holder and its Gogo command. Imports the JDK, Gogo and {@link dev.malloc9.samples.holder}. */
@NullMarked
package dev.malloc9.samples.holder.command;

import org.jspecify.annotations.NullMarked;
