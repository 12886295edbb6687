/**
 * The driver {@code ether}: a capture file, a receive ring of mbufs, and counters. Imports {@link dev.malloc9.api} and {@code
 * dev.malloc9.mbuf}. Only the command imports Gogo.
 */
@NullMarked
package dev.malloc9.samples.ether;

import org.jspecify.annotations.NullMarked;
