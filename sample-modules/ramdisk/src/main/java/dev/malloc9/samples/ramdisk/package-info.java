/**
 * The driver {@code ramdisk}: numbered blocks of malloc9 memory, a directory of files on them, and commands that copy files of the
 * OS in and out. Imports {@link dev.malloc9.api}. Only the commands import Gogo.
 */
@NullMarked
package dev.malloc9.samples.ramdisk;

import org.jspecify.annotations.NullMarked;
