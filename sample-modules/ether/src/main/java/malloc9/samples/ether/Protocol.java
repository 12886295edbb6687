package malloc9.samples.ether;

/** What a frame is counted as; a frame can be several things, such as VLAN, IPv4 and TCP. */
public enum Protocol {
    /** ARP. */
    ARP("ARP"),
    /** IP version 4. */
    IPV4("IPv4"),
    /** IP version 6. */
    IPV6("IPv6"),
    /** TCP over either IP. */
    TCP("TCP"),
    /** UDP over either IP. */
    UDP("UDP"),
    /** ICMP and ICMPv6. */
    ICMP("ICMP"),
    /** Tagged once or more. */
    VLAN("VLAN"),
    /** Neither ARP nor IP. */
    OTHER("other");

    final String label;

    Protocol(String label) {
        this.label = label;
    }
}
