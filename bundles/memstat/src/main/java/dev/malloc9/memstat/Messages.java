package dev.malloc9.memstat;

/** The detail messages of this package's exceptions. */
final class Messages {

    static final String BEING_MADE = "the kernel died while it made the file";

    private Messages() {}

    static String cutHeader(int length) {
        return "a header has 16 bytes, this stream " + length;
    }

    static String version(long version) {
        return "stream version " + version + ", not 1";
    }

    static String tooManyCpus(long cpus) {
        return "records of " + cpus + " CPUs, at most " + MemoryType.MAXCPU;
    }

    static String noCpus() {
        return "records of 0 CPUs";
    }

    static String wrongLength(long length, long count, long cpus) {
        return length + " bytes are no stream of " + count + " records of " + cpus + " CPUs";
    }

    static String endlessName(int record) {
        return "the name in record " + record + " has no end";
    }

    static String tooLong(long bytes) {
        return bytes + " bytes, at most " + StatisticsStream.MAX_BYTES;
    }

    static String cutFile(int length) {
        return "a statistics file has 4096 bytes and more, this one " + length;
    }

    static String fileVersion(int version) {
        return "statistics file version " + Integer.toUnsignedString(version) + ", not 1";
    }

    static String wrongFile(long length, long stream, long capacity) {
        return length + " bytes are no statistics file with a stream at " + stream + " and " + capacity + " places";
    }

    static String tooManyPlaces(long places, long capacity) {
        return places + " places in use of " + capacity;
    }

    static String sameRank(long rank) {
        return "two places of type number " + Long.toUnsignedString(rank);
    }

    static String wrongSize(String knob, int size) {
        return knob + " has " + size + " bytes";
    }

    static String negative(String knob, int value) {
        return knob + " is " + value;
    }

    static String grewTooFast(String knob, int attempts) {
        return knob + " grew " + attempts + " times while it was read";
    }
}
