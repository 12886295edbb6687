package dev.malloc9.uma;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.zone.ItemFailed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The import of a zone: passes items between a source and the zone. Each item goes through the zone's init on the way in, and through the
 * zone's fini on the way out (uz_init, uz_fini).
 */
final class ZoneImport implements ItemImport {

    private final ItemImport source;
    private volatile @Nullable ItemInit life;

    ZoneImport(ItemImport source) {
        this.source = source;
    }

    /** Replaces the init and fini of the zone; null for none. An item already in the zone gets the new fini without the new init. */
    void life(@Nullable ItemInit other) {
        life = other;
    }

    @Override
    public int fetch(int[] into, int room, long flags) {
        int fetched = source.fetch(into, room, flags);
        ItemInit now = life;
        return now == null ? fetched : prepare(now, into, fetched, flags);
    }

    @Override
    public void release(int[] items, int count) {
        ItemInit now = life;
        if (now != null) {
            for (int i = 0; i < count; i++) {
                now.fini(items[i]);
            }
        }
        source.release(items, count);
    }

    /** Returns the init and fini of the zone, followed by the init and fini of each keg. Missing ones are left out. */
    List<ItemInit> lives() {
        return Stream.concat(Stream.ofNullable(life), kegs().stream().flatMap(keg -> Stream.ofNullable(keg.life())))
                .toList();
    }

    @Override
    public List<Keg> kegs() {
        return source.kegs();
    }

    @Override
    public boolean has(Keg keg) {
        return source.has(keg);
    }

    /**
     * Calls the init of each item. If the init refuses an item, returns that item and all later ones to the source. If the init throws any
     * other exception, returns all items, the prepared ones through fini, and rethrows the exception.
     *
     * <p>The init of the first item gets the flags of the request. The other items are stock that no request needs yet. Their inits get
     * M_NOWAIT instead of M_WAITOK, so that they do not wait for memory.
     *
     * @return the number of prepared items
     * @throws ItemFailed if the init refuses the first item
     */
    private int prepare(ItemInit now, int[] into, int fetched, long flags) {
        int ready = 0;
        try {
            while (ready < fetched) {
                now.init(into[ready], ready == 0 ? flags : (flags & ~M_WAITOK) | M_NOWAIT);
                ready++;
            }
            return ready;
        } catch (ItemFailed refused) {
            giveBack(into, ready, fetched);
            if (ready == 0) {
                throw refused;
            }
            return ready;
        } catch (RuntimeException | Error thrown) {
            giveBack(into, ready, fetched);
            release(into, ready);
            throw thrown;
        }
    }

    /** Returns items to the source without calling fini. */
    private void giveBack(int[] items, int from, int to) {
        int[] rest = Arrays.copyOfRange(items, from, to);
        source.release(rest, rest.length);
    }
}
