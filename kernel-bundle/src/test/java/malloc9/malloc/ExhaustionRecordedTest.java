package malloc9.malloc;

/** With the statistics of all types in a file. */
@KernelTest.BootedWith(recorded = true)
class ExhaustionRecordedTest extends ExhaustionTest {}
