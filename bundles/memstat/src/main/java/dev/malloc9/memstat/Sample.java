package dev.malloc9.memstat;

/** A record of a stream. */
record Sample(String name, Figures figures) {}
