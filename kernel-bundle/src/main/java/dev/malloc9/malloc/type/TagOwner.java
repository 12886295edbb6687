package dev.malloc9.malloc.type;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.uma.Slab;

/** The owner of a number in the tags of blocks or items: a memory type or a driver's zone. */
public interface TagOwner {

    /**
     * The name of a type or zone together with its bundle.
     *
     * @param owner the bundle
     * @param name the name of the type or zone
     */
    record QualifiedName(ModuleId owner, String name) {}

    /** Returns the name together with the bundle. */
    QualifiedName qualifiedName();

    /**
     * Returns whether a slab was made for this owner. A memory type returns false, because the slabs of malloc's zones are shared by all
     * types. A secondary zone returns false, because it takes its items from the slabs of its master.
     */
    boolean owns(Slab slab);

    /** Sends all requests to the slow path, until {@link #resume()}. A request inside a critical section may still end on the fast path. */
    void pause();

    /** Lets requests take the fast path again, if nothing else prevents it. */
    void resume();
}
