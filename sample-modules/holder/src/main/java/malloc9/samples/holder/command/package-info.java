/** The holder and its Gogo command. Imports the JDK, Gogo and {@link malloc9.samples.holder}. */
@NullMarked
package malloc9.samples.holder.command;

import org.jspecify.annotations.NullMarked;
