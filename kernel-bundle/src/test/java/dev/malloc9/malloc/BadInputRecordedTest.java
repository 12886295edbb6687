package dev.malloc9.malloc;

/** The tests of {@code BadInputTest} with the statistics of all types in a file. */
@KernelTest.BootedWith(recorded = true)
class BadInputRecordedTest extends BadInputTest {}
