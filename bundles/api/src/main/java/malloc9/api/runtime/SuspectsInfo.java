package malloc9.api.runtime;

import java.util.List;

/**
 * Who may have written to memory that was not his, by the zones in which that was found (MALLOC_DEBUG_MAXZONES).
 *
 * @param hits findings since the kernel booted or was told to forget
 * @param types names of the types that every one of them may be the work of; empty before the first
 * @param sets the names of the registered types by the set of zones that they allocate from now (show multizone_matches)
 */
public record SuspectsInfo(long hits, List<String> types, List<List<String>> sets) {}
