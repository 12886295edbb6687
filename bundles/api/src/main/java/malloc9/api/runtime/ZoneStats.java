package malloc9.api.runtime;

/**
 * One zone of the slab allocator (struct uma_type_header).
 *
 * @param name name
 * @param size item size in bytes
 * @param limit most items it may hold; 0 for no limit
 * @param used items handed out
 * @param free items at hand, in caches, buckets and slabs
 * @param requests items handed out so far
 * @param failures requests that found no memory
 * @param sleeps requests that had to wait
 */
public record ZoneStats(
        String name, long size, long limit, long used, long free, long requests, long failures, long sleeps) {}
