/**
 * The results of the commands: records that hold the kernel's snapshots, and their layouts. The layouts of FreeBSD's commands are
 * FreeBSD's.
 *
 * <p>Scripts read the records ({@code (((vmstat -m) table) types)}). Operators and pipes read the text that the converter makes of them.
 * Imports {@code dev.malloc9.api.runtime}, {@code dev.malloc9.api.sysctl}, memstat's view and Gogo's API.
 */
@NullMarked
package dev.malloc9.shell.view;

import org.jspecify.annotations.NullMarked;
