/** The allocators that are measured, each with the settings with which it is fastest. */
@NullMarked
package dev.malloc9.benchmarks.allocators;

import org.jspecify.annotations.NullMarked;
