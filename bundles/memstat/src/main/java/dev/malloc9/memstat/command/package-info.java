/**
 * The program memstat, which prints saved statistics streams. Imports {@code dev.malloc9.memstat}, its views and picocli. Exports nothing.
 */
@NullMarked
package dev.malloc9.memstat.command;

import org.jspecify.annotations.NullMarked;
