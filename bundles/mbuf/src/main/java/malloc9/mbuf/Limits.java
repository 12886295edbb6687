package malloc9.mbuf;

import static malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import malloc9.api.sysctl.DriverKnob;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.KnobRange;
import malloc9.api.sysctl.KnobType;
import malloc9.api.zone.Zone;

/**
 * How many clusters there may be (kern.ipc.nmbclusters and its like): made from kern.maxusers, tuned at boot, raised while the
 * kernel runs, never lowered.
 *
 * <p>A zone's own limit is whole slabs, as FreeBSD's: 25 clusters allow 26. {@code vmstat -z} and {@code netstat -m} show the zone's.
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

    /** The knobs, that of clusters first. */
    public List<DriverKnob> knobs() {
        return List.copyOf(all);
    }

    /** Adds what is to be told when kern.ipc.nmbclusters was raised (nmbclusters_change). */
    public void onClustersChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Sets the limit of clusters, and what follows from it and was not tuned. */
    private synchronized void compute(long number) {
        for (Limit limit : all) {
            if (!limit.tuned) {
                limit.put(number / limit.share);
            }
        }
    }

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

    /** One of them. */
    private final class Limit implements DriverKnob {

        private final Knob knob;
        private final Zone zone;

        /** What part of the clusters it is if nobody tunes it. */
        private final int share;

        /** Written under the limits' lock, as the next. */
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
