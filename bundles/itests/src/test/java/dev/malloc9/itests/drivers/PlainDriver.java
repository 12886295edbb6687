package dev.malloc9.itests.drivers;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;

/** A driver with a type, no activator and no component. */
public final class PlainDriver {

    /** An unused type. Only its declaration in the manifest is tested. */
    @MallocDefine(name = "plain")
    static final MallocType M_PLAIN = MallocType.define();

    private PlainDriver() {}
}
