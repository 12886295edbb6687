package malloc9.memstat;

/** One record of a stream. */
record Sample(String name, Figures figures) {}
