package dev.malloc9.malloc;

/** The tests of {@code StressTest} with the statistics of all types in a file. */
@KernelTest.BootedWith(recorded = true)
class StressRecordedTest extends StressTest {}
