/** Tests of the statistics file: its bytes, its crash points, the paths that are refused, and its agreement with the kernel. */
@NullMarked
package dev.malloc9.malloc.statsfile;

import org.jspecify.annotations.NullMarked;
