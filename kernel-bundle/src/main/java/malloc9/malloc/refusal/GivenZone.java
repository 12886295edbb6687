package malloc9.malloc.refusal;

/**
 * The driver's zone that an item was given to.
 *
 * @param name the zone's name
 * @param itemBytes the size of an item, as it was asked for
 */
public record GivenZone(String name, long itemBytes) {}
