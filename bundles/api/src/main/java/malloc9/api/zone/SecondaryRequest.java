package malloc9.api.zone;

import org.jspecify.annotations.Nullable;

/**
 * What a secondary zone is to be: other objects over another zone's slabs.
 *
 * @param name as {@code vmstat -z} shows it
 * @param ctor runs at every zalloc
 * @param dtor runs at every zfree
 * @param zinit runs when an item comes from the slabs into this zone
 * @param zfini runs when an item goes from this zone back to the slabs
 */
public record SecondaryRequest(
        String name,
        @Nullable ZoneCtor ctor,
        @Nullable ZoneDtor dtor,
        @Nullable ZoneInit zinit,
        @Nullable ZoneFini zfini) {

    /** Without callbacks. */
    public static SecondaryRequest of(String name) {
        return new SecondaryRequest(name, null, null, null, null);
    }

    /** The same with a constructor and a destructor. */
    public SecondaryRequest with(@Nullable ZoneCtor otherCtor, @Nullable ZoneDtor otherDtor) {
        return new SecondaryRequest(name, otherCtor, otherDtor, zinit, zfini);
    }

    /** The same with an init and a fini of its own. */
    public SecondaryRequest with(@Nullable ZoneInit otherZinit, @Nullable ZoneFini otherZfini) {
        return new SecondaryRequest(name, ctor, dtor, otherZinit, otherZfini);
    }
}
