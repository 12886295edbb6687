@NullMarked
package dev.malloc9.memstat.command;

import org.jspecify.annotations.NullMarked;
