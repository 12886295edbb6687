@NullMarked
package malloc9.debug;

import org.jspecify.annotations.NullMarked;
