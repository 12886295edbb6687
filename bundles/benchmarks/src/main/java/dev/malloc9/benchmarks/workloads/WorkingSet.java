package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Addresses;
import dev.malloc9.benchmarks.allocators.Blocks;
import dev.malloc9.benchmarks.allocators.Subject;

/** The working set: keeps as many live blocks as it has members, and replaces random ones. */
final class WorkingSet {

    /** The largest number of members whose cache lines are taken to fit into the caches. */
    private static final int CACHED = 10_000;

    private WorkingSet() {}

    static Loop of10k(Subject subject) {
        return of(subject, Script.of(10_000));
    }

    /** Creates a working set of 100,000 members and about 190 MB. */
    static Loop of100k(Subject subject) {
        return of(subject, Script.ofSmall(100_000));
    }

    static Loop of(Subject subject, Script script) {
        return switch (subject) {
            case Addresses addresses -> new OfAddresses(addresses, script);
            case Blocks<?> blocks -> new OfBlocks<>(blocks, script);
        };
    }

    private static final class OfAddresses implements Loop {
        private final Addresses allocator;
        private final Script script;
        private final long[] members;
        private int next;

        OfAddresses(Addresses allocator, Script script) {
            this.allocator = allocator;
            this.script = script;
            members = new long[script.members];
            for (int i = 0; i < members.length; i++) {
                members[i] = allocator.malloc(script.bytes[i]);
                Memory.touch(members[i], i);
            }
        }

        @Override
        public void run(int operations) {
            // Fields are copied to local variables, which a C compiler keeps in registers. A load of a field at each
            // step would be no cost of the allocator.
            Addresses from = allocator;
            long[] blocks = members;
            int[] member = script.member;
            int[] bytes = script.bytes;
            int step = next;
            for (int i = 0; i < operations; i++) {
                int replaced = member[step];
                from.free(blocks[replaced]);
                long block = from.malloc(bytes[step]);
                Memory.touch(block, i);
                blocks[replaced] = block;
                step = Script.stepAfter(step, member);
            }
            next = step;
        }

        @Override
        public boolean waitsForMemory() {
            return members.length > CACHED;
        }

        @Override
        public void close() {
            for (long member : members) {
                allocator.free(member);
            }
        }
    }

    private static final class OfBlocks<B> implements Loop {
        private final Blocks<B> allocator;
        private final Script script;
        private final Object[] members;
        private int next;

        OfBlocks(Blocks<B> allocator, Script script) {
            this.allocator = allocator;
            this.script = script;
            members = new Object[script.members];
            for (int i = 0; i < members.length; i++) {
                B block = allocator.malloc(script.bytes[i]);
                allocator.touch(block, i);
                members[i] = block;
            }
        }

        @Override
        @SuppressWarnings("unchecked") // only blocks of this allocator are members
        public void run(int operations) {
            Blocks<B> from = allocator;
            Object[] blocks = members;
            int[] member = script.member;
            int[] bytes = script.bytes;
            int step = next;
            for (int i = 0; i < operations; i++) {
                int replaced = member[step];
                from.free((B) blocks[replaced]);
                B block = from.malloc(bytes[step]);
                from.touch(block, i);
                blocks[replaced] = block;
                step = Script.stepAfter(step, member);
            }
            next = step;
        }

        @Override
        public boolean waitsForMemory() {
            return members.length > CACHED;
        }

        @Override
        @SuppressWarnings("unchecked") // only blocks of this allocator are members
        public void close() {
            for (Object member : members) {
                allocator.free((B) member);
            }
        }
    }
}
