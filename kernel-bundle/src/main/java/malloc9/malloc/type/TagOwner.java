package malloc9.malloc.type;

import malloc9.api.runtime.ModuleId;
import malloc9.uma.Slab;

/** A memory type or a driver's zone: the owner of a number that the tags of its blocks or items carry. */
public interface TagOwner {

    /**
     * The name of a type or zone together with its bundle.
     *
     * @param owner the bundle
     * @param name the name of the type or zone
     */
    record QualifiedName(ModuleId owner, String name) {}

    QualifiedName qualifiedName();

    /** Returns whether all items of a slab are of this owner. The slabs of malloc's zones are shared by all types. */
    boolean owns(Slab slab);

    /** Sends all requests to the slow path, until {@link #resume()}. */
    void pause();

    /** Lets requests take the fast path again, if nothing else prevents it. */
    void resume();
}
