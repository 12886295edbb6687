package malloc9.stress;

import java.util.List;

/**
 * What came out of a run.
 *
 * @param allocs blocks handed out
 * @param reclaims how often the caches were taken away
 * @param lives of the module that comes and goes
 * @param wrong what must not be, the first of it
 */
record Account(long seed, long allocs, long reclaims, long lives, List<String> wrong) {

    @Override
    public String toString() {
        String summary = "seed " + seed + ": " + allocs + " blocks, " + reclaims + " reclaims, " + lives
                + " lives of a module, " + (wrong.isEmpty() ? "0 errors" : "ERRORS:");
        return wrong.isEmpty() ? summary : summary + "\n  " + String.join("\n  ", wrong);
    }
}
