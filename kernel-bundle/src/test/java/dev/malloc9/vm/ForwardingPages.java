package dev.malloc9.vm;

import java.lang.foreign.MemorySegment;

/** A page source with real pages, for tests that observe the calls to it. */
public class ForwardingPages implements PageSource {

    private final PageSource pages;

    protected ForwardingPages(long bytes) {
        pages = PageSource.reserve(bytes);
    }

    @Override
    public long base() {
        return pages.base();
    }

    @Override
    public long size() {
        return pages.size();
    }

    @Override
    public MemorySegment shadow() {
        return pages.shadow();
    }

    @Override
    public void purge(long offset, long bytes) {
        pages.purge(offset, bytes);
    }

    @Override
    public void close() {
        pages.close();
    }
}
