package dev.malloc9.api.zone;

import dev.malloc9.api.MallocType;
import org.jspecify.annotations.Nullable;

/**
 * The description of a zone (uma_zcreate): {@code ZoneRequest.of("mbuf", 256, M_MBUF).withCtor(...).withAlign(255)}. A record accepts all
 * values; {@link Zones#zcreate} checks them.
 *
 * @param name the name that {@code vmstat -z} shows: 1 or more characters, not blank, without control characters; need not be unique
 * @param size the size of an item in bytes, 1 to 1 MiB and at most the kernel map; at most 64 KiB with
 *     {@link ZoneFlags#UMA_ZONE_CACHESPREAD}
 * @param owner the memory type whose bundle owns the zone
 * @param ctor the constructor, called at every zalloc; null for none
 * @param dtor the destructor, called at every zfree; null for none
 * @param init the init, called for every item of a new slab; null for none
 * @param fini the fini, called for every item of a slab that is released; null for none
 * @param align the alignment mask, a power of two less 1, at most 65535 (4095 with CACHESPREAD), or {@link ZoneFlags#UMA_ALIGN_CACHE}; the
 *     alignment is at least 16 bytes
 * @param flags the flags of {@link ZoneFlags}; 0 for none
 */
public record ZoneRequest(
        String name,
        long size,
        MallocType owner,
        @Nullable ZoneCtor ctor,
        @Nullable ZoneDtor dtor,
        @Nullable ZoneInit init,
        @Nullable ZoneFini fini,
        int align,
        int flags) {

    /**
     * {@return a description without callbacks and flags, with the alignment of a pointer}
     *
     * @param name the name that {@code vmstat -z} shows
     * @param size the size of an item in bytes
     * @param owner the memory type whose bundle owns the zone
     */
    public static ZoneRequest of(String name, long size, MallocType owner) {
        return new ZoneRequest(name, size, owner, null, null, null, null, ZoneFlags.UMA_ALIGN_PTR, 0);
    }

    /**
     * {@return a copy with another constructor}
     *
     * @param other the constructor; null for none
     */
    public ZoneRequest withCtor(@Nullable ZoneCtor other) {
        return new ZoneRequest(name, size, owner, other, dtor, init, fini, align, flags);
    }

    /**
     * {@return a copy with another destructor}
     *
     * @param other the destructor; null for none
     */
    public ZoneRequest withDtor(@Nullable ZoneDtor other) {
        return new ZoneRequest(name, size, owner, ctor, other, init, fini, align, flags);
    }

    /**
     * {@return a copy with another init}
     *
     * @param other the init; null for none
     */
    public ZoneRequest withInit(@Nullable ZoneInit other) {
        return new ZoneRequest(name, size, owner, ctor, dtor, other, fini, align, flags);
    }

    /**
     * {@return a copy with another fini}
     *
     * @param other the fini; null for none
     */
    public ZoneRequest withFini(@Nullable ZoneFini other) {
        return new ZoneRequest(name, size, owner, ctor, dtor, init, other, align, flags);
    }

    /**
     * {@return a copy with another alignment mask}
     *
     * @param mask the alignment mask, a power of two less 1, or {@link ZoneFlags#UMA_ALIGN_CACHE}
     */
    public ZoneRequest withAlign(int mask) {
        return new ZoneRequest(name, size, owner, ctor, dtor, init, fini, mask, flags);
    }

    /**
     * {@return a copy with other flags}
     *
     * @param others the flags of {@link ZoneFlags}, in place of the former ones; 0 for none
     */
    public ZoneRequest withFlags(int others) {
        return new ZoneRequest(name, size, owner, ctor, dtor, init, fini, align, others);
    }
}
