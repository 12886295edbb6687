package malloc9.api.runtime;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes the figures of memory types, one type a call, as plain numbers: nothing is made to hand them over. */
@ConsumerType
@FunctionalInterface
public interface TypeFigures {

    /**
     * One type.
     *
     * @param name short description
     * @param allocs successful allocations so far
     * @param frees frees so far
     * @param allocated bytes handed out so far, as size classes and pages
     * @param freed bytes given back so far
     */
    void type(String name, long allocs, long frees, long allocated, long freed);
}
