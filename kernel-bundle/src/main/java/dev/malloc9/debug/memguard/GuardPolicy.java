package dev.malloc9.debug.memguard;

import dev.malloc9.vm.PageSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

/**
 * The policy that decides which requests are guarded (memguard_cmp_mtp). It tests in BSD's order: size, ALL_LARGE, chance, name. It counts
 * the requests that are too small and the requests that chance has chosen.
 *
 * <p>Differs from BSD: desc may name several types, and may contain globs.
 */
final class GuardPolicy {

    private final IntSupplier dice;
    private final AtomicLong tooSmall = new AtomicLong();
    private final AtomicLong hits = new AtomicLong();

    private volatile GuardSettings settings = GuardSettings.STANDARD;

    /**
     * The patterns of the settings' desc. Written just before the settings, without a lock: a reader may see new patterns with old
     * settings.
     */
    private volatile List<Pattern> patterns = List.of();

    /** @param dice the source of random numbers from 0 to 99,999 */
    GuardPolicy(IntSupplier dice) {
        this.dice = dice;
    }

    GuardSettings settings() {
        return settings;
    }

    void settings(GuardSettings changed) {
        patterns = changed.patterns();
        settings = changed;
    }

    /** Returns whether some request of a type may be guarded. Counts nothing, and does not consider samples. */
    boolean mayWant(String type) {
        GuardSettings now = settings;
        return now.guardsLarge() || now.frequency() > 0 || isNamed(type, now);
    }

    /**
     * Returns whether a request is guarded, and counts it if it is too small or chance has chosen it.
     *
     * @param bytes the requested size in bytes
     * @param type the name of the request's type
     */
    boolean wants(long bytes, String type) {
        GuardSettings now = settings;
        if (bytes < now.minSize()) {
            tooSmall.incrementAndGet();
            return false;
        }
        if (now.guardsLarge() && bytes >= PageSource.PAGE) {
            return true;
        }
        if (now.frequency() > 0 && dice.getAsInt() < now.frequency()) {
            hits.incrementAndGet();
            return true;
        }
        return isNamed(type, now);
    }

    long tooSmall() {
        return tooSmall.get();
    }

    long hits() {
        return hits.get();
    }

    /** Returns whether desc names the type: as a whole, which may contain commas or globs, or by one of its patterns. */
    private boolean isNamed(String type, GuardSettings now) {
        return type.equals(now.desc())
                || patterns.stream().anyMatch(pattern -> pattern.matcher(type).matches());
    }
}
