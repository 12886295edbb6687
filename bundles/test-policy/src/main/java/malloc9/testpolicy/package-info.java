/** The rules for skipped tests. Imports JUnit only. */
@NullMarked
package malloc9.testpolicy;

import org.jspecify.annotations.NullMarked;
