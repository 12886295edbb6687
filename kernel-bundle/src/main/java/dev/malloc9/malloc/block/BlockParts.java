package dev.malloc9.malloc.block;

import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.type.TypeSections;
import dev.malloc9.uma.Uma;

/**
 * The parts of one kernel that the allocators of all kinds of blocks share: plain, armoured and guarded.
 *
 * @param uma the allocator of items and page runs
 * @param classes the size classes of the kernel
 * @param sections the critical sections of the slow path
 * @param admission the path of a request through the policy of its type
 * @param blocks the check of an address that is passed to the slow path as a block
 */
public record BlockParts(
        Uma uma, SizeClasses classes, TypeSections sections, Admission admission, FreeDiagnosis blocks) {}
