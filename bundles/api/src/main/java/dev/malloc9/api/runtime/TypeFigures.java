package dev.malloc9.api.runtime;

import org.osgi.annotation.versioning.ConsumerType;

/** A consumer of the figures of memory types, one call for each type. The figures are plain numbers, so that no objects are created. */
@ConsumerType
@FunctionalInterface
public interface TypeFigures {

    /**
     * Receives the figures of one type.
     *
     * @param name the short description
     * @param allocs the number of successful allocations so far
     * @param frees the number of frees so far
     * @param allocated the bytes allocated so far, as size classes and pages
     * @param freed the bytes freed so far
     */
    void type(String name, long allocs, long frees, long allocated, long freed);
}
