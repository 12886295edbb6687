@NullMarked
package dev.malloc9.debug;

import org.jspecify.annotations.NullMarked;
