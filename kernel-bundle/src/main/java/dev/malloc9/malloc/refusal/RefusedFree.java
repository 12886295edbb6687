package dev.malloc9.malloc.refusal;

import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.AddressInfo.Place;
import dev.malloc9.api.runtime.BlockEvent;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.TypeMessages;
import dev.malloc9.vm.PageSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a refused address or segment, and their text, which uses FreeBSD's words where FreeBSD has such a text. The first line
 * names the address, the type or zone that was given, and the block with its type or zone and its bundle. Parts that are unknown or do not
 * matter to the verdict are left out. The stacks of the block's allocation and free follow if they are known.
 *
 * @param function the name of the function that refused the pointer
 * @param verdict the reason of the refusal
 * @param address the address that was given; 0 for a segment on the Java heap
 * @param claimed the size in bytes that the caller claimed: the length of its view, or an argument; {@link Refusals#NO_VIEW} if it claimed
 *     none
 * @param type the type that was given; for a zone, a type of the zone's owner
 * @param zone the zone that was given, or null
 * @param slab the first byte of the slab if the address lies in a slab of the given zone, else 0
 * @param found the result of the look-up of the address; if {@code behind}, of the last byte of the slab's last item
 * @param behind whether the address lies behind the last item of a slab, or behind a page run in its last unit
 */
record RefusedFree(
        String function,
        Verdict verdict,
        long address,
        long claimed,
        MallocTypeInternal type,
        @Nullable GivenZone zone,
        long slab,
        AddressInfo found,
        boolean behind) {

    /** Returns the text of the error, with one line for each frame of the stacks. */
    String text() {
        List<String> lines = new ArrayList<>();
        lines.add((zone == null ? ofMalloc() : ofZone(zone)) + history());
        backtrace(lines, "Allocation backtrace:", found.allocated());
        backtrace(lines, "Free backtrace:", found.freed());
        return String.join("\n", lines);
    }

    private String ofMalloc() {
        String text = function + ": ";
        return switch (verdict) {
            case FREE_ALREADY ->
                (isGuarded() ? "MemGuard detected double-free of " + hex(address) + ": " : "") + text + block()
                        + " is free already (freed again under " + given() + ")";
            case NOT_ALLOCATED -> (isGuarded() ? inNoBlock(text) : text + notAllocated()) + givenAs();
            case OTHER_TYPE -> text + belongs();
            default -> text + ofBoth();
        };
    }

    private String ofZone(GivenZone given) {
        String name = TypeMessages.printable(given.name()) + " of " + type.owner.module();
        String foreign = "uma: Freed item " + hex(address) + " did not belong to zone " + name;
        return switch (verdict) {
            case FREE_ALREADY -> "Duplicate free of item " + hex(address) + " from zone " + name;
            case OTHER_TYPE, OTHER_ZONE -> foreign + ", it belongs to " + owner();
            case NOT_ALLOCATED -> found.start() == 0 ? foreign : foreign + ", it lies in the " + stateAndBlock();
            case INTERIOR ->
                slab != 0 && !behind
                        ? "zone: " + name + " slab " + hex(slab) + " freed address " + hex(address)
                                + " unaligned, should be " + hex(found.start())
                        : foreign + ", it lies " + where();
            default -> function + ": " + ofBoth();
        };
    }

    /** Returns the texts that the functions of malloc and of zones share. Throws an IllegalStateException for any other verdict. */
    private String ofBoth() {
        return switch (verdict) {
                    case INTERIOR -> "address " + hex(address) + " is no start of a block; it lies " + where();
                    case LEFT ->
                        block() + " was left behind by a module that has stopped"
                                + (found.place() == Place.QUARANTINE ? ", and is in quarantine" : "");
                    case REVOKED ->
                        "segment at " + hex(address) + " was revoked when its bundle stopped"
                                + (found.start() == 0 ? "" : "; at its place is the " + stateAndBlock());
                    case ON_HEAP -> "segment of " + claimed + " bytes lies on the Java heap";
                    case READ_ONLY ->
                        "segment at " + hex(address) + " is read-only"
                                + (found.start() == 0 ? "" : "; it lies in the " + stateAndBlock());
                    case LONGER_VIEW ->
                        "view of " + claimed + " bytes at " + hex(address) + " is longer than its block of "
                                + (zone == null ? bytes() : zone.itemBytes()) + " bytes" + ofOwner();
                    case OTHER_SIZE ->
                        "block " + hex(address) + ofOwner() + " has " + bytes() + " bytes, not " + claimed;
                    case NOT_CONTIGUOUS -> block() + " was not allocated by contigmalloc";
                    default -> throw new IllegalStateException(verdict.toString());
                }
                + givenAs();
    }

    private boolean isGuarded() {
        return found.place() == Place.GUARD;
    }

    private String notAllocated() {
        return "address " + hex(address) + "(" + hex(address & -PageSource.PAGE) + ") has not been allocated";
    }

    /** Returns the text for a guarded address in no block; BSD calls each such free a double free. */
    private String inNoBlock(String text) {
        return "MemGuard detected double-free of " + hex(address) + ": " + text + "the address lies in no block"
                + (found.start() == 0 ? "" : "; the nearest is the " + stateAndBlock());
    }

    private String belongs() {
        String text = block(found.start());
        if (found.owner() == null) {
            return notAllocated() + givenAs();
        }
        return isItem()
                ? text + " is an item of " + owner() + givenAs()
                : text + " belongs to " + owner() + ", not to '" + TypeMessages.printable(type.name) + "' of "
                        + type.owner.module();
    }

    private String where() {
        if (behind) {
            return "behind a slab's last one, the " + stateAndBlock();
        }
        return (isGuarded() ? "beside the " : "in the ") + stateAndBlock();
    }

    private String stateAndBlock() {
        return switch (found.place()) {
                    case FREE -> "free ";
                    case QUARANTINE -> "quarantined ";
                    case GUARD -> found.freed() == null ? "" : "freed ";
                    default -> "";
                }
                + block();
    }

    private String block() {
        return (isItem() ? "item " + hex(found.start()) + " of " + bytes() + " bytes" : block(found.start()))
                + ofOwner();
    }

    private String block(long start) {
        return "block " + hex(start == 0 ? address : start) + " of " + bytes() + " bytes";
    }

    /** Returns the requested size in bytes if a record has it, else the size of the item or page run. */
    private long bytes() {
        return found.requested() >= 0 ? found.requested() : found.bytes();
    }

    /** Returns whether {@code found} is an item of a driver's zone. If it is free, it has the zone's name as its type, and no record. */
    private boolean isItem() {
        return found.place() == Place.ITEM
                || (found.place() == Place.FREE && found.owner() != null && found.allocated() == null);
    }

    private String ofOwner() {
        return found.owner() == null ? "" : " of " + owner();
    }

    private String owner() {
        return (isItem() ? "zone '" : "type '") + TypeMessages.printable(found.type()) + "' of " + found.owner();
    }

    private String given() {
        return zone == null
                ? "type '" + TypeMessages.printable(type.name) + "' of " + type.owner.module()
                : "zone '" + TypeMessages.printable(zone.name()) + "' of " + type.owner.module();
    }

    private String givenAs() {
        return (zone == null ? ", given as " : ", given to ") + given();
    }

    private String history() {
        BlockEvent allocated = found.allocated();
        BlockEvent freed = found.freed();
        return (allocated == null ? "" : "; allocated by " + thread(allocated))
                + (freed == null ? "" : ", freed by " + thread(freed));
    }

    private static String thread(BlockEvent event) {
        return event.thread().isEmpty() ? "an unnamed thread" : "thread " + TypeMessages.printable(event.thread());
    }

    private static void backtrace(List<String> lines, String head, @Nullable BlockEvent event) {
        if (event != null && !event.site().frames().isEmpty()) {
            lines.add(head);
            int number = 0;
            for (StackTraceElement frame : event.site().frames()) {
                lines.add("#" + number++ + " " + TypeMessages.printable(frame.toString()));
            }
        }
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
