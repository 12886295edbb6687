package malloc9.stress;

/**
 * A block in somebody's hands.
 *
 * @param source where it goes back
 * @param pattern what stands in it
 */
record Block(Source source, Pattern pattern) {

    @Override
    public String toString() {
        return pattern + " of " + source.name();
    }
}
