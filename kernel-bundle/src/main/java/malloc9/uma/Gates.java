package malloc9.uma;

/**
 * The gates of the fast paths: words that every critical section looks at before it touches a CPU's caches, but for those
 * that begin in {@link Uma#enterCurrent()}. The layer above has them, one for each type and zone.
 */
public interface Gates {

    /** Closes all gates, also of what is registered from now on: fast paths that look now go the slow way. */
    void pauseAll();

    /** Opens those that were open, or would be. */
    void resumeAll();
}
