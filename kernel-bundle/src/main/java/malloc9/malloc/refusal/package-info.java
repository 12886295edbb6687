/** The diagnosis of an address, and the errors of frees that are refused. */
@NullMarked
package malloc9.malloc.refusal;

import org.jspecify.annotations.NullMarked;
