package dev.malloc9.malloc;

/** The tests of {@code MallocTest} with the statistics of all types in a file. */
@KernelTest.BootedWith(recorded = true)
class MallocRecordedTest extends MallocTest {}
