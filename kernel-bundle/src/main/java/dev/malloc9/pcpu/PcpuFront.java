package dev.malloc9.pcpu;

/**
 * The padding before the fields of a per-CPU slot: 128 bytes that are never used, so that no cache line contains both a field of the slot
 * and data of other objects. The JVM places the fields of a class after the fields of its superclass. The {@code int} fills the gap after
 * an object header of 12 bytes, into which the JVM could otherwise place a field of a subclass.
 */
@SuppressWarnings("unused") // padding is never read
abstract class PcpuFront {
    int gap;
    long f0;
    long f1;
    long f2;
    long f3;
    long f4;
    long f5;
    long f6;
    long f7;
    long f8;
    long f9;
    long f10;
    long f11;
    long f12;
    long f13;
    long f14;
    long f15;
}
