/** Tests of mbufs on an embedded kernel. */
@NullMarked
package dev.malloc9.mbuf;

import org.jspecify.annotations.NullMarked;
