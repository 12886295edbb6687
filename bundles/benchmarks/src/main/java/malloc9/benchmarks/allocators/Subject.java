package malloc9.benchmarks.allocators;

/** An opened allocator: by address, or by objects. */
public sealed interface Subject permits Addresses, Blocks {}
