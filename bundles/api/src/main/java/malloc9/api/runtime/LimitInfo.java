package malloc9.api.runtime;

/**
 * The limits of a bundle or a type, and how it stands to them; in bytes, as size classes and pages.
 *
 * @param soft what it may use without a word; 0 for no limit
 * @param hard what it may use at all; 0 for no limit
 * @param used what it uses; 0 while nothing is limited
 * @param waiting threads that wait at the hard limit
 */
public record LimitInfo(long soft, long hard, long used, int waiting) {}
