package dev.malloc9.uma;

/**
 * The gates of the fast paths: array elements that every critical section of a fast path reads before it touches the caches of a CPU.
 * Critical sections that begin in {@link Uma#enterCurrent()} do not read them. The layer above has gates for each memory type and each zone
 * of a driver.
 */
public interface Gates {

    /**
     * Closes all gates, including the gates of types and zones that are registered later. A fast path that reads a closed gate takes the
     * slow path. A section that has read an open gate may still be running; the caller must quiesce.
     */
    void pauseAll();

    /** Ends the pause of {@link #pauseAll()}. Opens each gate for which no other reason exists to be closed. */
    void resumeAll();
}
