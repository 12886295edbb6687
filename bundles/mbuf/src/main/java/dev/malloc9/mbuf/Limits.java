package dev.malloc9.mbuf;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobRange;
import dev.malloc9.api.sysctl.KnobType;
import dev.malloc9.api.zone.Zone;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The limits of the number of clusters of each size (kern.ipc.nmbclusters and the like). They are computed from kern.maxusers and can be
 * set by tunables at boot. While the kernel runs they can be raised, but not lowered. Raising one limit does not change another one.
 *
 * <p>A zone rounds its limit up to whole slabs, as FreeBSD does: a limit of 25 clusters allows 26. {@code vmstat -z} and {@code
 * netstat -m} show the limit of the zone.
 */
public final class Limits {

    private static final int CLUSTERS = 1024;
    private static final int CLUSTERS_A_USER = 64;

    private final Limit clusters;
    private final List<Limit> all;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    Limits(Zone clusterZone, Zone[] jumbos, int maxUsers) {
        clusters = new Limit("kern.ipc.nmbclusters", "mbuf clusters", "1024 + kern.maxusers * 64", clusterZone, 1);
        all = List.of(
                clusters,
                new Limit(
                        "kern.ipc.nmbjumbop",
                        "mbuf page size jumbo clusters",
                        "kern.ipc.nmbclusters / 2",
                        jumbos[0],
                        2),
                new Limit("kern.ipc.nmbjumbo9", "mbuf 9k jumbo clusters", "kern.ipc.nmbclusters / 4", jumbos[1], 4),
                new Limit("kern.ipc.nmbjumbo16", "mbuf 16k jumbo clusters", "kern.ipc.nmbclusters / 8", jumbos[2], 8));
        compute(CLUSTERS + (long) maxUsers * CLUSTERS_A_USER);
    }

    /** {@return the knobs; the first one is kern.ipc.nmbclusters} */
    public List<DriverKnob> knobs() {
        return List.copyOf(all);
    }

    /**
     * Adds a listener that runs after kern.ipc.nmbclusters was raised, in the thread that raised it (nmbclusters_change). Tuning at boot
     * does not call it. An exception of a listener goes to the writer of the knob. The limit then stays raised, and later listeners do not
     * run.
     *
     * @param listener the listener; if it is added twice, it runs twice
     */
    public void onClustersChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Sets the limit of clusters, and computes the limits of the jumbo clusters from it. Each limit is at least 1, since a zone takes 0 for
     * no limit. Limits that were tuned do not change.
     */
    private synchronized void compute(long number) {
        for (Limit limit : all) {
            if (!limit.tuned) {
                limit.put(Math.max(1, number / limit.share));
            }
        }
    }

    /**
     * Sets a limit at boot, and ignores a number that is not positive. A limit of clusters also sets the jumbo limits that were not tuned.
     */
    private synchronized void tune(Limit limit, long number) {
        if (number <= 0) {
            return;
        }
        if (limit == clusters) {
            compute(number);
        } else {
            limit.put(number);
        }
        limit.tuned = true;
    }

    /** Raises a limit. Throws IllegalArgumentException if the number is not above the limit. */
    private void raise(Limit limit, long number) {
        synchronized (this) {
            if (number <= limit.number) {
                throw new IllegalArgumentException(Messages.onlyRaised(limit.number));
            }
            limit.put(number);
        }
        if (limit == clusters) {
            listeners.forEach(Runnable::run);
        }
    }

    /** A knob for the limit of one zone. */
    private final class Limit implements DriverKnob {

        private final Knob knob;
        private final Zone zone;

        /** The divisor by which this limit follows from the limit of clusters, unless it is tuned. */
        private final int share;

        /**
         * The limit as it was set, before the zone rounds it. This field and {@code tuned} are written under the monitor of {@code
         * Limits}.
         */
        private volatile long number;

        private boolean tuned;

        Limit(String name, String what, String standard, Zone zone, int share) {
            this.knob = new Knob(
                    name,
                    KnobType.INT,
                    CTLFLAG_RWTUN,
                    "IU",
                    "Maximum number of " + what + " allowed; can only be raised",
                    "",
                    standard,
                    new KnobRange(1, Integer.MAX_VALUE));
            this.zone = zone;
            this.share = share;
        }

        @Override
        public Knob knob() {
            return knob;
        }

        @Override
        public long get() {
            return number;
        }

        @Override
        public boolean set(long value) {
            raise(this, value);
            return true;
        }

        @Override
        public void tune(long value) {
            Limits.this.tune(this, value);
        }

        private void put(long value) {
            zone.setMax(value);
            number = value;
        }
    }
}
