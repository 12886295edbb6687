/** Tests with one class for each commit in the history of malloc(9) whose behaviour belongs to a driver. */
@NullMarked
package dev.malloc9.history;

import org.jspecify.annotations.NullMarked;
