package dev.malloc9.malloc;

/** The tests of {@code ExhaustionTest} with the statistics of all types in a file. */
@KernelTest.BootedWith(recorded = true)
class ExhaustionRecordedTest extends ExhaustionTest {}
