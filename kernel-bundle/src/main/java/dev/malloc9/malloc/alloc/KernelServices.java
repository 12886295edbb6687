package dev.malloc9.malloc.alloc;

/**
 * The three services of one kernel: the allocator, {@code Malloc} and {@code RawMalloc}. A service of the {@link ConstantKernel} can use
 * that kernel's allocator as a JIT constant.
 */
public record KernelServices(Allocator kernel, MallocService segments, RawMallocService addresses) {}
