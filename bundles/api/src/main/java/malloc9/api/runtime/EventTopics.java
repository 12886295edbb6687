package malloc9.api.runtime;

/**
 * What the kernel tells the Event Admin, where there is one: rare events, never one for a block; posted by a thread of the kernel's own that
 * holds no lock, in the order in which they happened.
 *
 * <p>All have the OSGi properties {@code bundle.id} (Long), {@code bundle.symbolicName}, {@code bundle.version} (Version) of the bundle that it
 * is about, and {@code timestamp} (Long, milliseconds). Texts are as bundles gave them: who shows one escapes it. While 1,024 events wait the
 * oldest is dropped.
 */
public final class EventTopics {

    /** A type was registered: {@link #TYPE}, {@link #DESCRIPTION}. */
    public static final String TYPE_REGISTERED = "malloc9/type/REGISTERED";

    /** A type was unregistered, after its leaks were told: {@link #TYPE}. */
    public static final String TYPE_UNREGISTERED = "malloc9/type/UNREGISTERED";

    /** Blocks of a type, or items of a zone, were left: {@link #TYPE}, {@link #ALLOCATIONS}, {@link #BYTES}. */
    public static final String LEAK_DETECTED = "malloc9/leak/DETECTED";

    /** A bundle earned a panic, which is contained: {@link #MESSAGE}, {@link #THREAD}, {@code exception.class}. */
    public static final String PANIC = "malloc9/panic";

    /**
     * A soft limit was passed, told at most every five minutes: {@link #LIMIT}, {@link #USED}, and {@link #TYPE} unless the limit is the bundle's.
     */
    public static final String QUOTA_EXCEEDED = "malloc9/quota/EXCEEDED";

    /** The type's short description, or the zone's name. */
    public static final String TYPE = "type";

    /** What the type is for. */
    public static final String DESCRIPTION = "description";

    /** Blocks; a Long. */
    public static final String ALLOCATIONS = "allocations";

    /** Bytes, as size classes and pages; a Long. */
    public static final String BYTES = "bytes";

    /** The limit in bytes; a Long. */
    public static final String LIMIT = "limit";

    /** Bytes in use; a Long. */
    public static final String USED = "used";

    /** The panic's text. */
    public static final String MESSAGE = "message";

    /** The name of the thread that earned it. */
    public static final String THREAD = "thread";

    private EventTopics() {}
}
