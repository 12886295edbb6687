/** The rules for skipped tests. Imports JUnit and opentest4j only. */
@NullMarked
package dev.malloc9.testpolicy;

import org.jspecify.annotations.NullMarked;
