@NullMarked
package malloc9.memstat.command;

import org.jspecify.annotations.NullMarked;
