package dev.malloc9.api.runtime;

import java.util.List;

/**
 * The types that may have written to memory of other blocks, found by the zones in which the damage was (MALLOC_DEBUG_MAXZONES).
 *
 * @param hits the number of findings since boot or since the list was cleared; stays 0 if the kernel has one set of zones
 * @param types the names of the types that may have caused all of the damage; empty before the first finding, and if no type fits all
 *     findings
 * @param sets the names of the registered types, by the set of zones that they allocate from now (show multizone_matches)
 */
public record SuspectsInfo(long hits, List<String> types, List<List<String>> sets) {}
