package dev.malloc9.stress;

/**
 * A block that a thread holds.
 *
 * @param source the source to which the block is freed
 * @param pattern the bytes of the block and their content
 */
record Block(Source source, Pattern pattern) {

    @Override
    public String toString() {
        return pattern + " of " + source.name();
    }
}
