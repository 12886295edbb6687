package malloc9.uma;

/**
 * What the stream of zones says of one (struct uma_type_header).
 *
 * @param zone which
 * @param alignMask of its items' addresses
 * @param sizeBytes of an item as asked for
 * @param limit most items in use; 0 for no limit
 * @param allocs items handed out so far
 * @param frees items taken back so far
 * @param sleeps requests that had to wait
 */
public record ZoneRecord(
        Zone zone, int alignMask, long sizeBytes, long limit, long allocs, long frees, long sleeps) {}
