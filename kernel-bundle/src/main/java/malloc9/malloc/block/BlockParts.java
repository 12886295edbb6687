package malloc9.malloc.block;

import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.type.TypeSections;
import malloc9.uma.Uma;

/**
 * The parts of the kernel that every kind of block is allocated and freed with.
 *
 * @param admission the way of a request through the watch of its type
 * @param blocks the check of a block that the fast path rejected
 */
public record BlockParts(Uma uma, SizeClasses classes, TypeSections sections, Admission admission, FreeDiagnosis blocks) {}
