/** Tests of the library, with streams written byte by byte as the specification has them. */
@NullMarked
package malloc9.memstat;

import org.jspecify.annotations.NullMarked;
