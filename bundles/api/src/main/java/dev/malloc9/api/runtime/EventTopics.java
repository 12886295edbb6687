package dev.malloc9.api.runtime;

/**
 * The topics and properties of the events that the kernel posts to the Event Admin, if there is one. The events are rare; no event is
 * posted for a single block. They are posted in the order in which they happened, by a kernel thread that holds no lock.
 *
 * <p>All events have the OSGi properties {@code bundle.id} (Long), {@code bundle.symbolicName} and {@code bundle.version} (Version) of
 * the bundle concerned, and {@code timestamp} (Long, milliseconds since the epoch).
 *
 * <p>Texts that come from bundles are not escaped; a handler that shows them must escape them. If 1,024 events are waiting, the oldest is
 * dropped. While no {@code EventHandler} service is registered, no event is posted.
 */
public final class EventTopics {

    /** The topic for a registered type. Properties: {@link #TYPE}, {@link #DESCRIPTION}. */
    public static final String TYPE_REGISTERED = "malloc9/type/REGISTERED";

    /** The topic for an unregistered type, posted after its leaks were reported. Property: {@link #TYPE}. */
    public static final String TYPE_UNREGISTERED = "malloc9/type/UNREGISTERED";

    /**
     * The topic for blocks of a type, or items of a zone, that were not freed at the bundle's stop. The stop of the kernel posts none.
     * Properties: {@link #TYPE}, {@link #ALLOCATIONS}, {@link #BYTES}.
     */
    public static final String LEAK_DETECTED = "malloc9/leak/DETECTED";

    /**
     * The topic for a contained panic of a bundle. A panic equal to one of the latest 16 records is counted and not posted again.
     * Properties: {@link #MESSAGE}, {@link #THREAD}, {@code exception.class}.
     */
    public static final String PANIC = "malloc9/panic";

    /**
     * The topic for a passed soft limit, posted at most every five minutes for each limit until the limit is set again. Properties:
     * {@link #LIMIT}, {@link #USED}, and {@link #TYPE} if it is a type's limit.
     */
    public static final String QUOTA_EXCEEDED = "malloc9/quota/EXCEEDED";

    /** The short description of the type, or the name of the zone; a String. */
    public static final String TYPE = "type";

    /** The purpose of the type; a String, may be empty. */
    public static final String DESCRIPTION = "description";

    /** The number of blocks or items; a Long. */
    public static final String ALLOCATIONS = "allocations";

    /** The number of bytes, as size classes and pages; a Long. */
    public static final String BYTES = "bytes";

    /** The limit in bytes; a Long. */
    public static final String LIMIT = "limit";

    /** The number of bytes in use; a Long. */
    public static final String USED = "used";

    /** The text of the panic; a String. */
    public static final String MESSAGE = "message";

    /** The name of the thread that caused the panic; a String. */
    public static final String THREAD = "thread";

    private EventTopics() {}
}
