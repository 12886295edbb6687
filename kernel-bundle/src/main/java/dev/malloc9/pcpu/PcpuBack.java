package dev.malloc9.pcpu;

/** A per-CPU slot with 128 bytes of padding behind its fields, in addition to the padding before them ({@link PcpuFront}). */
@SuppressWarnings("unused") // padding is never read
final class PcpuBack extends Pcpu {
    long b0;
    long b1;
    long b2;
    long b3;
    long b4;
    long b5;
    long b6;
    long b7;
    long b8;
    long b9;
    long b10;
    long b11;
    long b12;
    long b13;
    long b14;
    long b15;

    PcpuBack(int number) {
        super(number);
    }
}
