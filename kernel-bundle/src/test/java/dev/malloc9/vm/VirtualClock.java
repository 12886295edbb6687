package dev.malloc9.vm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;

/** A clock that advances only by waits, which take no real time. It records the length of each wait in milliseconds. */
public final class VirtualClock implements WaitClock {

    public final List<Long> waits = Collections.synchronizedList(new ArrayList<>());

    private final AtomicLong now = new AtomicLong();

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void await(Condition condition, long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        waits.add(nanos / 1_000_000);
        now.addAndGet(nanos);
    }
}
