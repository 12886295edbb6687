package malloc9.debug.memguard;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import malloc9.vm.PageSource;

/**
 * Decides which requests are guarded (memguard_cmp_mtp), in BSD's order, and counts what it rejects and what chance brings.
 *
 * <p>Differs from BSD: desc may name several types, and by globs.
 */
final class GuardPolicy {

    private final IntSupplier dice;
    private final AtomicLong tooSmall = new AtomicLong();
    private final AtomicLong hits = new AtomicLong();

    private volatile GuardSettings settings = GuardSettings.STANDARD;

    /** Those of the settings' desc. Written with the settings. */
    private volatile List<Pattern> patterns = List.of();

    /** @param dice throws 0 to 99,999 */
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

    /** Whether any request of that type may be. */
    boolean mayWant(String type) {
        GuardSettings now = settings;
        return now.guardsLarge() || now.frequency() > 0 || isNamed(type, now);
    }

    /** Whether this one is; it is counted. */
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

    private boolean isNamed(String type, GuardSettings now) {
        return type.equals(now.desc())
                || patterns.stream().anyMatch(pattern -> pattern.matcher(type).matches());
    }
}
