package dev.malloc9.api.runtime;

/**
 * The statistics of one zone of the slab allocator (struct uma_type_header). In a zone of malloc, the items of unregistered types count as
 * requests, but not as used.
 *
 * @param name the name; need not be unique
 * @param size the size of an item in bytes
 * @param limit the largest number of items in use; 0 for no limit
 * @param used the number of items in use
 * @param free the number of free items in caches, buckets and slabs; for a secondary zone without slabs, which count for its master
 * @param requests the number of items handed out so far, including items that a constructor refused
 * @param failures the number of requests that were not served: no memory, the limit, or a constructor or init that refused
 * @param sleeps the number of waits at the limit
 */
public record ZoneStats(
        String name, long size, long limit, long used, long free, long requests, long failures, long sleeps) {}
