package dev.malloc9.debug.memguard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.vm.NativeSort;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScopeReaperTest {

    private static final int TYPE = 3;

    private final ConcurrentLinkedQueue<Long> ended = new ConcurrentLinkedQueue<>();
    private final CountDownLatch go = new CountDownLatch(1);

    /** The reaper under test. Its thread stops after it has ended the first scope, until {@code go} is counted down. */
    private final ScopeReaper scopes = new ScopeReaper();

    @AfterEach
    void close() {
        go.countDown();
        scopes.endAll();
    }

    @Test
    void eachBlockHasAScopeOfItsOwn() {
        go.countDown();
        GuardScope first = scopes.take(TYPE, false);
        GuardScope second = scopes.take(TYPE, false);
        assertThat(first.arena()).isNotSameAs(second.arena());
        free(first, 1);
        scopes.settle();
        assertThat(first.arena().scope().isAlive()).isFalse();
        assertThat(second.arena().scope().isAlive()).isTrue();
        assertThat(ended).containsExactly(1L);
        assertThat(scopes.waiting()).isZero();
    }

    @Test
    void blocksOfATypeShareAScopeAtAFullBacklog() {
        fillBacklog();
        List<GuardScope> leases = new ArrayList<>();
        Set<Arena> arenas = new HashSet<>();
        leases.add(scopes.take(TYPE, false));
        arenas.add(leases.getFirst().arena());
        assertThat(arenas).doesNotContain(scopes.take(TYPE, true).arena());
        for (int block = 1; block < 2 * ScopeReaper.SHARE; block++) {
            leases.add(scopes.take(TYPE, false));
            arenas.add(leases.getLast().arena());
        }
        assertThat(arenas).hasSize(2);
        assertThat(arenas).doesNotContain(scopes.take(TYPE + 1, false).arena());
        // All blocks but one are freed. It keeps the shared scope alive, so that only the holes detect accesses to its
        // freed neighbours.
        GuardScope last = leases.removeFirst();
        leases.forEach(lease -> free(lease, 1000));
        go.countDown();
        scopes.settle();
        assertThat(last.arena().scope().isAlive()).isTrue();
        assertThat(leases.getLast().arena().scope().isAlive()).isFalse();
        free(last, 1000);
        scopes.settle();
        assertThat(last.arena().scope().isAlive()).isFalse();
        assertThat(ended.stream().filter(pages -> pages == 1000)).hasSize(2 * ScopeReaper.SHARE);
        assertThat(scopes.take(TYPE, false).arena())
                .isNotSameAs(scopes.take(TYPE, false).arena());
    }

    @Test
    void atTheEndNoScopeIsLeft() {
        fillBacklog();
        GuardScope freed = scopes.take(TYPE, false);
        free(freed, 1000);
        GuardScope live = scopes.take(TYPE, false);
        assertThat(scopes.endAll()).isTrue();
        assertThat(freed.arena().scope().isAlive()).isFalse();
        assertThat(live.arena().scope().isAlive()).isFalse();
    }

    @Test
    void scopeInUseByANativeCallIsClosedLater() throws InterruptedException {
        go.countDown();
        GuardScope used = scopes.take(TYPE, false);
        GuardScope other = scopes.take(TYPE, false);
        NativeSort holder = NativeSort.hold(used.arena().allocate(2));
        free(used, 1000);
        scopes.settle();
        assertThat(scopes.endAll()).isFalse();
        assertThat(used.arena().scope().isAlive()).isTrue();
        assertThat(other.arena().scope().isAlive()).isFalse();
        holder.end();
        assertThat(scopes.endAll()).isTrue();
        assertThat(used.arena().scope().isAlive()).isFalse();
    }

    @Test
    void settleEndsDeferredScopesAtOnce() {
        go.countDown();
        List<GuardScope> leases = List.of(scopes.take(TYPE, false), scopes.take(TYPE, false));
        scopes.free(leases.stream()
                .map(lease -> new ScopeReaper.Freed(lease, TYPE, () -> ended.add(1L)))
                .toList());
        assertThat(scopes.waiting()).isEqualTo(2);
        scopes.settle();
        assertThat(leases).noneMatch(lease -> lease.arena().scope().isAlive());
        assertThat(ended).hasSize(2);
    }

    @Test
    void freeDoesNotWaitForTheReaperThread() {
        fillBacklog();
        assertThat(scopes.waiting()).isGreaterThan(ScopeReaper.BACKLOG);
    }

    private void fillBacklog() {
        for (int block = 0; block < ScopeReaper.BACKLOG + 2; block++) {
            free(scopes.take(TYPE, false), block);
        }
    }

    private void free(GuardScope lease, long block) {
        scopes.free(List.of(new ScopeReaper.Freed(lease, TYPE, () -> {
            ended.add(block);
            await();
        })));
    }

    private void await() {
        try {
            go.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
