/** Tests of the assembled system in a real framework. May know every other module. */
@NullMarked
package malloc9.itests;

import org.jspecify.annotations.NullMarked;
