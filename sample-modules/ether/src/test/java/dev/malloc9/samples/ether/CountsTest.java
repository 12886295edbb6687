package dev.malloc9.samples.ether;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class CountsTest {

    @Test
    void printAsOneLinePerNumber() {
        assertThat(new Counts(3, 4_294_967_296L, Map.of(Protocol.IPV4, 2L, Protocol.OTHER, 1L)))
                .hasToString("""
                        frames          3
                        bytes  4294967296
                        ARP             0
                        IPv4            2
                        IPv6            0
                        TCP             0
                        UDP             0
                        ICMP            0
                        VLAN            0
                        other           1""");
    }
}
