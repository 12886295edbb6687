/** One class for each commit of malloc(9)'s history whose behaviour is a driver's. */
@NullMarked
package malloc9.history;

import org.jspecify.annotations.NullMarked;
