/** The statistics, the knobs and the operator's switches of malloc. */
@NullMarked
package dev.malloc9.malloc.view;

import org.jspecify.annotations.NullMarked;
