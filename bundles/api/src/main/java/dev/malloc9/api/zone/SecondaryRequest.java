package dev.malloc9.api.zone;

import org.jspecify.annotations.Nullable;

/**
 * The description of a secondary zone: a zone of its own objects over the slabs of another zone (uma_zsecond_create). A record accepts
 * every name; {@link Zones#zsecondCreate} checks it.
 *
 * @param name the name that {@code vmstat -z} shows: 1 or more characters, not blank, without control characters; need not be unique
 * @param ctor the constructor, called at every zalloc; null for none
 * @param dtor the destructor, called at every zfree; null for none
 * @param zinit the init, called when an item comes from the slabs into this zone; null for none
 * @param zfini the fini, called when an item goes from this zone back to the slabs; null for none
 */
public record SecondaryRequest(
        String name,
        @Nullable ZoneCtor ctor,
        @Nullable ZoneDtor dtor,
        @Nullable ZoneInit zinit,
        @Nullable ZoneFini zfini) {

    /**
     * {@return a description without callbacks}
     *
     * @param name the name that {@code vmstat -z} shows
     */
    public static SecondaryRequest of(String name) {
        return new SecondaryRequest(name, null, null, null, null);
    }

    /**
     * {@return a copy with another constructor and destructor}
     *
     * @param otherCtor the constructor; null for none
     * @param otherDtor the destructor; null for none
     */
    public SecondaryRequest with(@Nullable ZoneCtor otherCtor, @Nullable ZoneDtor otherDtor) {
        return new SecondaryRequest(name, otherCtor, otherDtor, zinit, zfini);
    }

    /**
     * {@return a copy with another init and fini}
     *
     * @param otherZinit the init; null for none
     * @param otherZfini the fini; null for none
     */
    public SecondaryRequest with(@Nullable ZoneInit otherZinit, @Nullable ZoneFini otherZfini) {
        return new SecondaryRequest(name, ctor, dtor, otherZinit, otherZfini);
    }
}
