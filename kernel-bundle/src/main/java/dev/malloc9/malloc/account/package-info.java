/** Counters, limits, size classes and tags: the accounting of the malloc layer. */
@NullMarked
package dev.malloc9.malloc.account;

import org.jspecify.annotations.NullMarked;
