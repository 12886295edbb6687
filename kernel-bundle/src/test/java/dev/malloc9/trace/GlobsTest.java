package dev.malloc9.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ether      | ether        | true",
                "ether      | ether0       | false",
                "ether      | Ether        | false",
                "ether*     | ether        | true",
                "ether*     | ether0       | true",
                "*her       | ether        | true",
                "e*h*r      | etherether   | true",
                "e*h*r      | ethere       | false",
                "e?her      | ether        | true",
                "e?her      | eher         | false",
                "*          | anything     | true",
                "**         | anything     | true",
                "?          | ab           | false",
                "a,b*       | b1           | true",
                "a , b*     | b1           | true",
                "a,b*       | ab           | false",
                "UFS dir*   | UFS dirhash  | true",
                "[e]ther    | ether        | false",
                "[e]ther    | [e]ther      | true",
                "(a         | (a           | true",
                ".*         | ether        | false",
                ".*         | .profile     | true",
                "ether\\    | ether\\      | true"
            })
    void globsMeanNames(String globs, String name, boolean expected) {
        assertThat(Globs.of(globs).match(name)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"''", "' '", "','", "' , ,'"})
    void emptyListMatchesNoName(String globs) {
        assertThat(Globs.of(globs).isEmpty()).isTrue();
        assertThat(Globs.of(globs).match("ether")).isFalse();
        assertThat(Globs.of(globs).match("")).isFalse();
    }

    @Test
    void unionListsEachGlobOnce() {
        assertThat(Globs.union(Set.of("mbuf, ether*", "ether*", "")).toString()).isEqualTo("ether*,mbuf");
    }

    /** A regular expression for these globs would backtrack for years. */
    @Test
    void globOfManyStarsMatchesWithoutBacktracking() {
        Globs stars = Globs.of("*a".repeat(1000) + "b");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(stars.match("a".repeat(2000))).isFalse());
    }
}
