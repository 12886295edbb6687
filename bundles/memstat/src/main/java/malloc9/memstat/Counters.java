package malloc9.memstat;

import java.util.List;

/** The counters of one CPU, or their sums. */
record Counters(long memalloced, long memfreed, long numallocs, long numfrees, long sizemask, long free) {

    static final Counters NONE = new Counters(0, 0, 0, 0, 0, 0);

    /** The sums; masks are united. */
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
