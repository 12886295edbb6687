/**
 * What the commands return: records that hold the kernel's snapshots, and their layouts, which are FreeBSD's.
 *
 * <p>Scripts read the records ({@code (((vmstat -m) table) types)}), people and pipes the text that the converter makes of
 * them. Imports {@code malloc9.api.runtime}, memstat and Gogo's API.
 */
@NullMarked
package malloc9.shell.view;

import org.jspecify.annotations.NullMarked;
