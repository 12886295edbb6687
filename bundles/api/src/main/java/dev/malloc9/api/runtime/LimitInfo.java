package dev.malloc9.api.runtime;

/**
 * The limits of a bundle or a type, and its usage; in bytes, as size classes and pages.
 *
 * @param soft the soft limit, above which the operator is notified; 0 for no limit
 * @param hard the hard limit; 0 for no limit
 * @param used the bytes in use; 0 while there is no limit
 * @param waiting the number of threads that wait at the hard limit
 */
public record LimitInfo(long soft, long hard, long used, int waiting) {}
