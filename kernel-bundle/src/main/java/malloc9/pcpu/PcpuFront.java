package malloc9.pcpu;

/**
 * What lies before the fields of a slot: 128 bytes that nobody looks at, so that no line of the processor's cache has a field of the slot and
 * something of others. The JVM lays a class's fields out behind those of its superclass.
 */
@SuppressWarnings("unused") // it is room
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
