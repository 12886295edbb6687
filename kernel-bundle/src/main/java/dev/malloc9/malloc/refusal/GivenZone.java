package dev.malloc9.malloc.refusal;

/**
 * The driver's zone to which a refused address or segment was passed, as error texts name it.
 *
 * @param name the name of the zone
 * @param itemBytes the size of an item in bytes, as the driver requested it
 */
public record GivenZone(String name, long itemBytes) {}
