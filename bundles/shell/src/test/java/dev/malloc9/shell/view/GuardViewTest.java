package dev.malloc9.shell.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GuardViewTest {

    @Test
    void escapedNoteIsNotEscapedAgain() {
        KnobTable none = new KnobTable(List.of(), KnobTable.What.VALUE, true);
        assertThat(new GuardView(none, List.of("no such memory type yet: a\\u001b")).text())
                .endsWith("no such memory type yet: a\\u001b");
    }
}
