/** Tests of the assembled system in a real framework. This package may depend on every other module. */
@NullMarked
package dev.malloc9.itests;

import org.jspecify.annotations.NullMarked;
