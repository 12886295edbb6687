package malloc9.malloc.alloc;

/**
 * A kernel by all the doors to it: who stands at the known kernel's door ({@link ConstantKernel}) need not look which kernel is behind.
 */
public record KernelServices(Allocator kernel, MallocService segments, RawMallocService addresses) {}
