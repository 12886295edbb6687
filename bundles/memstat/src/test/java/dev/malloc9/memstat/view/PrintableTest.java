package dev.malloc9.memstat.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void lettersOfAnyScriptStayAsTheyAre() {
        assertThat(Printable.of("M_ETHER größe 名前 😀")).isEqualTo("M_ETHER größe 名前 😀");
    }

    @Test
    void controlAndInvisibleCharactersAreEscaped() {
        assertThat(Printable.of("\u001b[31m\r\n\t\u0000\u202e\u2028\u00a0\ud800"))
                .isEqualTo("\\u001b[31m\\r\\n\\t\\u0000\\u202e\\u2028\\u00a0\\ud800");
    }

    @Test
    void twoNamesNeverLookEqual() {
        assertThat(Printable.of("\\n")).isEqualTo("\\\\n").isNotEqualTo(Printable.of("\n"));
    }
}
