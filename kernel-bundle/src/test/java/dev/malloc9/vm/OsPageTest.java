package dev.malloc9.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OsPageTest {

    @Test
    void pageSizeIsTheOsPageButAtLeast4096() {
        assertThat(PageSource.PAGE).isEqualTo(Math.max(Libc.pageSize(), 4096));
    }

    @ParameterizedTest
    @CsvSource({"4096, 0, 4096", "16384, 0, 16384", "65536, 0, 65536", "0, 0, 4096", "4096, 65536, 65536"})
    void sizeOfTheOsHoldsUnlessALargerOneIsAskedFor(int ofOs, int asked, int bytes) {
        assertThat(OsPage.choose(ofOs, asked)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "262144, 0, 262144, 262144",
        "16384, 4096, 4096, 16384",
        "4096, 12288, 12288, 4096",
        "4096, -1, -1, 4096"
    })
    void otherSizesAreRefused(int ofOs, int asked, int bytes, int least) {
        assertThatExceptionOfType(OsRefusal.class)
                .isThrownBy(() -> OsPage.choose(ofOs, asked))
                .withMessage("page size " + bytes + " is no power of two from " + least + " to 65536");
    }
}
