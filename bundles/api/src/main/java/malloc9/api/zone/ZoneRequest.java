package malloc9.api.zone;

import malloc9.api.MallocType;
import org.jspecify.annotations.Nullable;

/**
 * What a zone is to be: {@code ZoneRequest.of("mbuf", 256, M_MBUF).withCtor(...).withAlign(255)}.
 *
 * @param name as {@code vmstat -z} shows it: 1 or more characters; names may repeat
 * @param size bytes of an item, 1 or more
 * @param owner the memory type whose bundle owns the zone
 * @param ctor runs at every zalloc
 * @param dtor runs at every zfree
 * @param init runs at every item of a new slab
 * @param fini runs at every item of a slab that is given back
 * @param align mask of the items' alignment, a power of two less 1, at most 65535, or {@link ZoneFlags#UMA_ALIGN_CACHE};
 *     it is 16 bytes at least
 * @param flags of {@link ZoneFlags}
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

    /** A plain zone. */
    public static ZoneRequest of(String name, long size, MallocType owner) {
        return new ZoneRequest(name, size, owner, null, null, null, null, ZoneFlags.UMA_ALIGN_PTR, 0);
    }

    /** The same with a constructor. */
    public ZoneRequest withCtor(@Nullable ZoneCtor other) {
        return new ZoneRequest(name, size, owner, other, dtor, init, fini, align, flags);
    }

    /** The same with a destructor. */
    public ZoneRequest withDtor(@Nullable ZoneDtor other) {
        return new ZoneRequest(name, size, owner, ctor, other, init, fini, align, flags);
    }

    /** The same with an init. */
    public ZoneRequest withInit(@Nullable ZoneInit other) {
        return new ZoneRequest(name, size, owner, ctor, dtor, other, fini, align, flags);
    }

    /** The same with a fini. */
    public ZoneRequest withFini(@Nullable ZoneFini other) {
        return new ZoneRequest(name, size, owner, ctor, dtor, init, other, align, flags);
    }

    /** The same with another alignment. */
    public ZoneRequest withAlign(int mask) {
        return new ZoneRequest(name, size, owner, ctor, dtor, init, fini, mask, flags);
    }

    /** The same with these flags. */
    public ZoneRequest withFlags(int others) {
        return new ZoneRequest(name, size, owner, ctor, dtor, init, fini, align, others);
    }
}
