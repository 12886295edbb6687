/** The rules for skipped tests. Imports JUnit only. */
@NullMarked
package dev.malloc9.testpolicy;

import org.jspecify.annotations.NullMarked;
