package dev.malloc9.uma;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BucketListTest {

    @Test
    void emptyBucketsHaveALimit() {
        BucketList shelf = new BucketList();
        List<Bucket> given = new ArrayList<>();
        for (int i = 0; i < 2 * BucketList.SPARE_MAX; i++) {
            Bucket bucket = new Bucket(7);
            given.add(bucket);
            shelf.keep(bucket);
        }
        int kept = 0;
        for (int i = 0; i < 2 * BucketList.SPARE_MAX; i++) {
            kept += given.contains(shelf.empty(7)) ? 1 : 0;
        }
        assertThat(kept).isEqualTo(BucketList.SPARE_MAX);
    }
}
