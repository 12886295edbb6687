package dev.malloc9.pcpu;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.malloc9.vm.Libc;
import dev.malloc9.vm.NativeSleep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CpusTest {

    private final Cpus cpus = new Cpus();

    @Test
    void aThreadKeepsItsSlotAndSharesItWithNoLivingOne() throws Exception {
        Pcpu mine = cpus.current();
        assertThat(cpus.current()).isSameAs(mine);
        Pcpu other = CompletableFuture.supplyAsync(cpus::current, Thread::startVirtualThread)
                .get();
        assertThat(other).isNotNull().isNotSameAs(mine);
        CompletableFuture<Pcpu> third = new CompletableFuture<>();
        run(() -> third.complete(cpus.current()));
        assertThat(third.get()).isNotNull().isNotSameAs(mine).isNotSameAs(other);
        assertThat(cpus.current()).isSameAs(mine);
    }

    @Test
    void slotOfADeadThreadIsInherited() throws Exception {
        Set<Integer> numbers = ConcurrentHashMap.newKeySet();
        for (int life = 1; life <= 100; life++) {
            int lives = life;
            run(() -> {
                Pcpu slot = requireNonNull(cpus.current());
                numbers.add(slot.number);
                slot.items = Arrays.copyOf(slot.items, slot.items.length + 1);
                assertThat(slot.items).hasSize(lives);
            });
            assertThat(cpus.all().getLast().items).hasSize(life);
        }
        assertThat(numbers).hasSize(1);
    }

    @Test
    void slotsAreNumberedFromZero() throws Exception {
        requireNonNull(cpus.current());
        run(cpus::current);
        assertThat(cpus.all()).extracting(slot -> slot.number).startsWith(0, 1);
    }

    @Test
    void manyThreadsHaveASlotEach() throws Exception {
        int threads = 300;
        Set<Pcpu> slots = ConcurrentHashMap.newKeySet();
        CountDownLatch asked = new CountDownLatch(threads);
        CountDownLatch end = new CountDownLatch(1);
        ConcurrentLinkedQueue<Integer> answersOfEach = new ConcurrentLinkedQueue<>();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(Thread.ofPlatform().start(() -> {
                Pcpu first = requireNonNull(cpus.current());
                slots.add(first);
                asked.countDown();
                await(asked);
                Set<Pcpu> answers = new HashSet<>(Set.of(first));
                for (int again = 0; again < 20; again++) {
                    answers.add(requireNonNull(cpus.current()));
                }
                answersOfEach.add(answers.size());
                await(end);
            }));
        }
        await(asked);
        end.countDown();
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(slots).hasSize(threads);
        assertThat(answersOfEach).hasSize(threads).containsOnly(1);
    }

    @Test
    void virtualThreadsShareTheirCarriersSlots() {
        Cpus seats = new Cpus(Seat::new);
        Set<Seat> taken = ConcurrentHashMap.newKeySet();
        Set<Long> carriers = ConcurrentHashMap.newKeySet();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20_000; i++) {
                executor.execute(() -> {
                    Seat seat = (Seat) requireNonNull(seats.current());
                    long self = Libc.threadSelf();
                    if (seat.users.getAndIncrement() != 0 || seat.owner != self) {
                        seat.strangers.incrementAndGet();
                    }
                    seat.users.decrementAndGet();
                    taken.add(seat);
                    carriers.add(self);
                });
            }
        }
        assertThat(taken).hasSameSizeAs(carriers).allMatch(seat -> seat.strangers.get() == 0);
    }

    /** A slot with the number of its current users, and the number of uses by a thread that was not alone or not the owner. */
    private static final class Seat extends Pcpu {
        final AtomicInteger users = new AtomicInteger();
        final AtomicInteger strangers = new AtomicInteger();

        Seat(int number) {
            super(number);
        }
    }

    @Test
    void movedVirtualThreadGetsTheSlotOfItsCarrier() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "needs a second core");
        AtomicBoolean hold = new AtomicBoolean();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Cpus slow = new Cpus(number -> {
            if (hold.get()) {
                held.countDown();
                await(release);
            }
            return new Pcpu(number);
        });
        hold.set(true);
        Thread holder = Thread.ofPlatform().start(slow::current);
        await(held);
        hold.set(false);

        CompletableFuture<Long> firstCarrier = new CompletableFuture<>();
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            firstCarrier.complete(Libc.threadSelf());
            long owner = requireNonNull(slow.current()).owner;
            long self = Libc.threadSelf();
            result.complete(owner == self ? "own" : "slot of " + owner + " on " + self);
        });
        long former = firstCarrier.get();
        while (waiting.getState() != Thread.State.WAITING) {
            LockSupport.parkNanos(100_000);
        }

        AtomicBoolean letGo = new AtomicBoolean();
        CountDownLatch occupied = new CountDownLatch(1);
        List<Thread> squatters = new ArrayList<>();
        while (occupied.getCount() > 0) {
            squatters.add(Thread.ofVirtual().start(() -> squat(former, occupied, letGo)));
            occupied.await(1, TimeUnit.MILLISECONDS);
        }
        release.countDown();
        assertThat(result.get()).isEqualTo("own");
        letGo.set(true);
        for (Thread squatter : squatters) {
            squatter.join();
        }
        holder.join();
    }

    /** Keeps the given carrier busy, and every other carrier until the given one is busy. */
    private static void squat(long carrier, CountDownLatch occupied, AtomicBoolean letGo) {
        boolean there = Libc.threadSelf() == carrier;
        if (there) {
            occupied.countDown();
        }
        while (there ? !letGo.get() : occupied.getCount() > 0) {
            NativeSleep.sleep();
        }
    }

    @Test
    void quiesceWaitsForAnOpenSection() throws Exception {
        AtomicBoolean left = new AtomicBoolean();
        CompletableFuture<Boolean> leftWhenQuiet = new CompletableFuture<>();
        Pcpu mine = requireNonNull(cpus.current());
        mine.enter();
        Thread quiescer = Thread.ofPlatform().start(() -> {
            boolean quiet = cpus.quiesce(20_000);
            leftWhenQuiet.complete(quiet && left.get());
        });
        untilWaiting(quiescer);
        left.set(true);
        mine.exit();
        assertThat(leftWhenQuiet.get()).isTrue();
    }

    @Test
    void quiesceIsNotHeldUpBySectionsThatComeAndGo() throws Exception {
        AtomicBoolean end = new AtomicBoolean();
        CountDownLatch running = new CountDownLatch(1);
        Thread busy = Thread.ofPlatform().start(() -> {
            Pcpu slot = requireNonNull(cpus.current());
            while (!end.get()) {
                slot.enter();
                running.countDown();
                slot.exit();
            }
        });
        await(running);
        for (int round = 0; round < 100; round++) {
            assertThat(cpus.quiesce(10_000)).isTrue();
        }
        end.set(true);
        busy.join();
    }

    @Test
    void quiesceGivesUpOnASectionThatDoesNotEnd() throws Exception {
        Pcpu mine = requireNonNull(cpus.current());
        assertThat(cpus.quiesce(1)).isTrue();
        mine.enter();
        long start = System.nanoTime();
        assertThat(cpus.quiesce(30)).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(30));
        mine.exit();
        assertThat(cpus.quiesce(1_000)).isTrue();
    }

    @Test
    void exitEndsAnEarlierSectionWithoutAnExit() {
        Pcpu mine = requireNonNull(cpus.current());
        mine.enter();
        mine.enter();
        assertThat(cpus.quiesce(10)).isFalse();
        mine.exit();
        assertThat(cpus.quiesce(1_000)).isTrue();
    }

    @Test
    void sectionsAfterQuiesceSeeTheEarlierWrites() throws Exception {
        for (int round = 0; round < 100; round++) {
            int[] word = {1};
            int[] acts = new int[16];
            AtomicBoolean end = new AtomicBoolean();
            CountDownLatch running = new CountDownLatch(3);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    Pcpu slot = requireNonNull(cpus.current());
                    running.countDown();
                    while (!end.get()) {
                        act(slot, word, acts);
                    }
                }));
            }
            await(running);
            word[0] = 0;
            assertThat(cpus.quiesce(10_000)).isTrue();
            int[] atRest = acts.clone();
            end.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(acts).isEqualTo(atRest);
        }
    }

    /**
     * Performs 10,000 critical sections like those of malloc and free, many between two safepoints, and counts the sections in which the
     * gate is open.
     */
    private static void act(Pcpu slot, int[] word, int[] acts) {
        for (int i = 0; i < 10_000; i++) {
            slot.enter();
            if (word[0] != 0) {
                acts[slot.number]++;
            }
            slot.exit();
        }
    }

    private static void untilWaiting(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            LockSupport.parkNanos(100_000);
        }
    }

    private static void run(Runnable task) throws InterruptedException {
        Thread.ofPlatform().start(task).join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
