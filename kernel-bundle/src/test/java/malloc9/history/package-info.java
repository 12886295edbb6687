/**
 * One class for each commit of {@code spec/malloc9-facts.md} section 1 that demands behaviour, named by its row, with
 * the row's own test.
 */
@NullMarked
package malloc9.history;

import org.jspecify.annotations.NullMarked;
