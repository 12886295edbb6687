package dev.malloc9.uma;

/**
 * A record of one zone in the stream of zone statistics (struct uma_type_header).
 *
 * @param zone the zone
 * @param alignMask the alignment of the items' addresses in bytes minus 1
 * @param sizeBytes the size of an item in bytes, as asked for
 * @param limit the maximum number of items in use; 0 for no limit
 * @param allocs the number of items handed out so far
 * @param frees the number of items taken back so far
 * @param sleeps the number of requests that had to wait
 */
public record ZoneRecord(
        UmaZone zone, int alignMask, long sizeBytes, long limit, long allocs, long frees, long sleeps) {}
