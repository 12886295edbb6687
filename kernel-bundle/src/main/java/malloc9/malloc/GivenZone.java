package malloc9.malloc;

/**
 * The driver's zone that an item was given to.
 *
 * @param name the zone's name
 * @param itemBytes the size of an item, as it was asked for
 */
record GivenZone(String name, long itemBytes) {}
