package dev.malloc9.stress;

import java.util.List;

/**
 * The result of a run of the stress.
 *
 * @param seed the seed of the run
 * @param allocs the number of blocks handed out and of blocks moved by realloc, without those of the transient module
 * @param reclaims the number of times that the caches were reclaimed
 * @param lives the number of lives of the transient module
 * @param wrong the first 20 errors; empty if the run was right
 */
record Account(long seed, long allocs, long reclaims, long lives, List<String> wrong) {

    @Override
    public String toString() {
        String summary = "seed " + seed + ": " + allocs + " blocks, " + reclaims + " reclaims, " + lives
                + " lives of a module, " + (wrong.isEmpty() ? "0 errors" : "ERRORS:");
        return wrong.isEmpty() ? summary : summary + "\n  " + String.join("\n  ", wrong);
    }
}
