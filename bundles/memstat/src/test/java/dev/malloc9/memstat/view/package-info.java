@NullMarked
package dev.malloc9.memstat.view;

import org.jspecify.annotations.NullMarked;
