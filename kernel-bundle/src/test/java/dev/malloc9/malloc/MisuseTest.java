package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests each kind of wrong pointer with each function that takes a pointer: one verdict, one message, one recorded panic, nothing changed,
 * and the allocator serves further requests. Kinds of misuse that need more than a pointer are listed in {@code ARMOUR.md}.
 */
class MisuseTest {

    static final String FIRST = "first 1 (7)";

    /** The end of a message, with the type under which each pointer is passed. */
    static final String GIVEN = ", given as type 'a' of " + FIRST;

    private static final String AGAIN = " is free already (freed again under type 'a' of " + FIRST + ")";

    private static final String OWNER = " of type 'a' of " + FIRST;

    private static final Pattern FRAME = Pattern.compile("\n#\\d+ [^\n]+");

    final Subsystem kernel = new Subsystem();
    private final Owner stranger = kernel.load("second", Subsystem.M_B);
    private final MemorySegment live;
    private final List<AutoCloseable> toClose = new ArrayList<>(List.of(kernel));

    MisuseTest() {
        arm(kernel);
        kernel.load("first", Subsystem.M_A, Subsystem.M_C);
        live = kernel.malloc().malloc(100, Subsystem.M_A, M_WAITOK);
    }

    /** Sets the level of a new kernel. */
    void arm(Subsystem kernel) {}

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable resource : toClose.reversed()) {
            resource.close();
        }
    }

    /** A function that frees, resizes or inspects the block at a pointer. */
    enum Door {
        FREE("free", true) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.malloc().free(pointer, Subsystem.M_A);
            }
        },
        ZFREE("zfree", true) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.malloc().zfree(pointer, Subsystem.M_A);
            }
        },
        REALLOC("realloc", true) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.malloc().realloc(pointer, 5_000, Subsystem.M_A, M_WAITOK);
            }
        },
        REALLOCF("realloc", true) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.malloc().reallocf(pointer, 5_000, Subsystem.M_A, M_WAITOK);
            }
        },
        USABLE_SIZE("malloc_usable_size", true) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.malloc().usableSize(pointer, Subsystem.M_A);
            }
        },
        CONTIGFREE("contigfree", true) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.malloc().contigfree(pointer, 4096, Subsystem.M_A);
            }
        },
        RAW_FREE("free", false) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.rawMalloc().free(pointer.address(), Subsystem.M_A);
            }
        },
        RAW_ZFREE("zfree", false) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.rawMalloc().zfree(pointer.address(), Subsystem.M_A);
            }
        },
        RAW_REALLOC("realloc", false) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.rawMalloc().realloc(pointer.address(), 5_000, Subsystem.M_A, M_WAITOK);
            }
        },
        RAW_REALLOCF("realloc", false) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.rawMalloc().reallocf(pointer.address(), 5_000, Subsystem.M_A, M_WAITOK);
            }
        },
        RAW_USABLE_SIZE("malloc_usable_size", false) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.rawMalloc().usableSize(pointer.address(), Subsystem.M_A);
            }
        },
        RAW_CONTIGFREE("contigfree", false) {
            @Override
            void call(Subsystem kernel, MemorySegment pointer) {
                kernel.rawMalloc().contigfree(pointer.address(), 4096, Subsystem.M_A);
            }
        };

        final String function;
        final boolean takesSegments;

        Door(String function, boolean takesSegments) {
            this.function = function;
            this.takesSegments = takesSegments;
        }

        abstract void call(Subsystem kernel, MemorySegment pointer);
    }

    /**
     * A kind of wrong pointer. In its message, F stands for the function, A for the address, P for its OS page, S for the start of the
     * block, and I for its item.
     */
    enum Wrong {
        FREED_AT_ONCE(Reason.DOUBLE_FREE, "F: block A of 128 bytes" + AGAIN),
        FREED_AND_64_OTHERS_AFTER(Reason.DOUBLE_FREE, "F: block A of 128 bytes" + AGAIN),
        FREED_BY_ANOTHER_THREAD(Reason.DOUBLE_FREE, "F: block A of 128 bytes" + AGAIN),
        FREED_AND_LARGE(Reason.FOREIGN, "F: address A(P) has not been allocated" + GIVEN),
        NEVER_HANDED_OUT(Reason.DOUBLE_FREE, "F: block A of 128 bytes" + AGAIN),
        INTERIOR_BY_ONE(
                Reason.INTERIOR,
                "F: address A is no start of a block; it lies in the block S of 128 bytes" + OWNER + GIVEN),
        INTERIOR_BY_A_GRANULE(
                Reason.INTERIOR,
                "F: address A is no start of a block; it lies in the block S of 128 bytes" + OWNER + GIVEN),
        INTERIOR_OF_A_RUN(
                Reason.INTERIOR,
                "F: address A is no start of a block; it lies in the block S of 102400 bytes" + OWNER + GIVEN),
        BEHIND_A_SLABS_LAST_ITEM(
                Reason.INTERIOR,
                "F: address A is no start of a block; it lies behind a slab's last one, the free item S of 48 bytes"
                        + " of zone 'odd' of " + FIRST + GIVEN),
        FORGED_IN_A_HOLE(Reason.FOREIGN, "F: address A(P) has not been allocated" + GIVEN),
        FORGED_OUTSIDE(Reason.FOREIGN, "F: address A(P) has not been allocated" + GIVEN),
        OF_LIBC(Reason.FOREIGN, "F: address A(P) has not been allocated" + GIVEN),
        OF_ANOTHER_KERNEL(Reason.FOREIGN, "F: address A(P) has not been allocated" + GIVEN),
        OF_ANOTHER_TYPE(
                Reason.WRONG_TYPE,
                "F: block A of 128 bytes belongs to type 'c' of " + FIRST + ", not to 'a' of " + FIRST),
        OF_ANOTHER_BUNDLE(
                Reason.WRONG_TYPE,
                "F: block A of 128 bytes belongs to type 'b' of second 1 (7), not to 'a' of " + FIRST),
        OF_A_ZONE(Reason.WRONG_TYPE, "F: block A of 48 bytes is an item of zone 'frames' of " + FIRST + GIVEN),
        LEFT_BY_A_STOPPED_BUNDLE(
                Reason.REVOKED,
                "F: block A of 128 bytes was left behind by a module that has stopped, and is in quarantine" + GIVEN),
        REVOKED(
                Reason.REVOKED,
                "F: segment at A was revoked when its bundle stopped; at its place is the free block A of 128 bytes"
                        + GIVEN),
        ON_THE_HEAP(Reason.HEAP_SEGMENT, "F: segment of 100 bytes lies on the Java heap" + GIVEN),
        READ_ONLY(
                Reason.READ_ONLY, "F: segment at A is read-only; it lies in the block A of 128 bytes" + OWNER + GIVEN),
        LONGER(Reason.LONGER_VIEW, "F: view of 129 bytes at A is longer than its block of 128 bytes" + OWNER + GIVEN);

        final Reason reason;
        private final String text;

        Wrong(Reason reason, String text) {
            this.reason = reason;
            this.text = text;
        }

        static String text(String text, Door door, MemorySegment pointer, long start) {
            return text.replace("(P)", "(" + hex(pointer.address() & -4096) + ")")
                    .replaceFirst("^F:|(?<=: )F:", door.function + ":")
                    .replaceAll(" A\\b", " " + hex(pointer.address()))
                    .replace(" S ", " " + hex(start) + " ")
                    .replace(" I ", " " + hex(pointer.address() & -512) + " ");
        }

        /** Returns whether only a segment can be wrong in this way, and not a bare address. */
        boolean isOfSegments() {
            return compareTo(REVOKED) >= 0;
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of(Wrong.values())
                .flatMap(wrong -> Stream.of(Door.values())
                        .filter(door -> door.takesSegments || !wrong.isOfSegments())
                        .map(door -> Arguments.of(wrong, door)));
    }

    @ParameterizedTest(name = "{0} at {1}")
    @MethodSource("cases")
    void oneVerdict(Wrong wrong, Door door) throws Exception {
        MemorySegment pointer = pointer(wrong);
        List<TypeStats> before = kernel.subsystem.statistics().typeStats();
        long used = kernel.subsystem.statistics().kernelMap().used();
        kernel.panics.clear();

        Throwable thrown = catchThrowable(() -> door.call(kernel, pointer));

        assertThat(thrown)
                .isExactlyInstanceOf(InvalidFree.class)
                .extracting(refused ->
                        FRAME.matcher(String.valueOf(refused.getMessage())).replaceAll(""))
                .isEqualTo(Wrong.text(text(wrong), door, pointer, start(wrong, pointer)));
        assertThat(((InvalidFree) thrown).reason()).isEqualTo(reason(wrong));
        assertThat(((InvalidFree) thrown).address()).isEqualTo(pointer.isNative() ? pointer.address() : 0);
        assertThat(kernel.panics).containsExactly((KernelPanic) thrown);
        assertThat(kernel.subsystem.statistics().typeStats()).isEqualTo(before);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(used);
        servesOn();
    }

    /** Returns the expected message at this level. */
    String text(Wrong wrong) {
        return wrong.text;
    }

    Reason reason(Wrong wrong) {
        return wrong.reason;
    }

    private void servesOn() {
        for (int i = 0; i < 200; i++) {
            MemorySegment block = kernel.malloc().malloc(100, Subsystem.M_A, M_WAITOK);
            assertThat(block.address()).isNotEqualTo(live.address());
            kernel.malloc().free(block, Subsystem.M_A);
        }
        long inUse = kernel.stats("a").inUse();
        kernel.malloc().free(live, Subsystem.M_A);
        assertThat(kernel.stats("a").inUse()).isEqualTo(inUse - 1);
    }

    private MemorySegment pointer(Wrong wrong) throws Exception {
        return switch (wrong) {
            case FREED_AT_ONCE -> freed(100);
            case FREED_AND_64_OTHERS_AFTER -> {
                List<MemorySegment> others = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    others.add(kernel.malloc().malloc(100, Subsystem.M_A, M_WAITOK));
                }
                MemorySegment pointer = freed(100);
                others.forEach(other -> kernel.malloc().free(other, Subsystem.M_A));
                yield pointer;
            }
            case FREED_BY_ANOTHER_THREAD -> {
                MemorySegment pointer = kernel.malloc().malloc(100, Subsystem.M_A, M_WAITOK);
                Thread.ofPlatform()
                        .name("another")
                        .start(() -> kernel.malloc().free(pointer, Subsystem.M_A))
                        .join();
                yield pointer;
            }
            case FREED_AND_LARGE -> freed(100_000);
            case NEVER_HANDED_OUT -> neverHandedOut(live.address());
            case INTERIOR_BY_ONE -> live.asSlice(1, 50);
            case INTERIOR_BY_A_GRANULE -> live.asSlice(16, 50);
            case INTERIOR_OF_A_RUN ->
                kernel.malloc().malloc(100_000, Subsystem.M_A, M_WAITOK).asSlice(65_536, 1);
            case BEHIND_A_SLABS_LAST_ITEM -> {
                Zone zone = kernel.zones().zcreate(ZoneRequest.of("odd", 48, Subsystem.M_A));
                yield view((zone.zalloc(M_WAITOK).address() | 0xffff) - 15, 1);
            }
            case FORGED_IN_A_HOLE -> view(kernel.map.base() + kernel.map.size() - 4096 + 160, 100);
            case FORGED_OUTSIDE -> view(kernel.map.base() + kernel.map.size(), 100);
            case OF_LIBC -> Arena.ofAuto().allocate(100, 16);
            case OF_ANOTHER_KERNEL -> {
                Subsystem second = new Subsystem();
                arm(second);
                toClose.add(second);
                second.load("elsewhere", Subsystem.M_D);
                yield second.malloc().malloc(100, Subsystem.M_D, M_WAITOK);
            }
            case OF_ANOTHER_TYPE -> kernel.malloc().malloc(100, Subsystem.M_C, M_WAITOK);
            case OF_ANOTHER_BUNDLE -> kernel.malloc().malloc(100, Subsystem.M_B, M_WAITOK);
            case OF_A_ZONE ->
                kernel.zones()
                        .zcreate(ZoneRequest.of("frames", 48, Subsystem.M_A))
                        .zalloc(M_WAITOK);
            case LEFT_BY_A_STOPPED_BUNDLE -> {
                long address = kernel.rawMalloc().malloc(100, Subsystem.M_B, M_WAITOK);
                kernel.unload(stranger);
                kernel.guard.settle();
                yield view(address, 100);
            }
            case REVOKED -> {
                MemorySegment pointer = kernel.malloc().malloc(100, Subsystem.M_B, M_WAITOK);
                kernel.unload(stranger);
                kernel.guard.settle();
                yield pointer;
            }
            case ON_THE_HEAP -> MemorySegment.ofArray(new byte[100]);
            case READ_ONLY -> live.asReadOnly();
            case LONGER -> view(live.address(), 129);
        };
    }

    /** Returns the last item of the slab, or its first item if the last item is live. */
    MemorySegment neverHandedOut(long live) {
        long last = (live | 0xffff) - 127;
        return view(last == live ? live & -65_536 : last, 100);
    }

    private long start(Wrong wrong, MemorySegment pointer) {
        return switch (wrong) {
            case NEVER_HANDED_OUT -> live.address();
            case INTERIOR_BY_ONE -> pointer.address() - 1;
            case INTERIOR_BY_A_GRANULE -> pointer.address() - 16;
            case INTERIOR_OF_A_RUN -> pointer.address() - 65_536;
            case BEHIND_A_SLABS_LAST_ITEM -> (pointer.address() | 0xffff) + 1 - 65_536 % 48 - 48;
            default -> pointer.address();
        };
    }

    private MemorySegment freed(long size) {
        MemorySegment pointer = kernel.malloc().malloc(size, Subsystem.M_A, M_WAITOK);
        kernel.malloc().free(pointer, Subsystem.M_A);
        return pointer;
    }

    static MemorySegment view(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
