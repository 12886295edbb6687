package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests of mbufs on a kernel whose memory is all in use. */
final class LittleMemoryTest {

    @Test
    void aPullupWithoutMemoryFreesItsChainAndIsCounted() {
        Tunables small = Tunables.from(Map.of("vm.kmem_size", "8M")::get, 1L << 30);
        try (Kernel kernel = Kernel.boot(small);
                Mbufs few = new Mbufs(kernel.zones(), kernel.malloc(), 384)) {
            Mbuf packet = few.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
            few.chains().append(packet, MemorySegment.ofArray(new byte[3000]), M_WAITOK);
            packet.length(4);
            List<Mbuf> all = Stream.generate(() -> few.get(M_NOWAIT, MT_DATA))
                    .takeWhile(Objects::nonNull)
                    .toList();
            assertThat(few.inUse()).isEqualTo(2 + all.size());
            assertThat(few.chains().pullup(packet, 8)).isNull();
            assertThat(few.chains().pullupFailures()).isEqualTo(1);
            assertThat(few.inUse()).as("the chain is gone").isEqualTo(all.size());
            all.forEach(few::free);
        }
    }
}
