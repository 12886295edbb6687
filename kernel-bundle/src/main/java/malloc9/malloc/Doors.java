package malloc9.malloc;

/**
 * A kernel by all the doors to it: who stands at the known kernel's door ({@link ProcessKernel}) need not look which kernel is behind.
 */
record Doors(KernMalloc kernel, MallocService segments, RawMallocService addresses) {}
