package dev.malloc9.memstat;

import java.util.List;

/** The counters of one CPU, or the sums of several. */
record Counters(long memalloced, long memfreed, long numallocs, long numfrees, long sizemask, long free) {

    static final Counters NONE = new Counters(0, 0, 0, 0, 0, 0);

    /** Returns the sums; masks are combined by a bitwise OR. */
    static Counters sum(List<Counters> all) {
        return all.stream().reduce(NONE, Counters::plus);
    }

    Counters plus(Counters other) {
        return new Counters(
                memalloced + other.memalloced,
                memfreed + other.memfreed,
                numallocs + other.numallocs,
                numfrees + other.numfrees,
                sizemask | other.sizemask,
                free + other.free);
    }
}
