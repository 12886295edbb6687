package dev.malloc9.samples.ether;

/** A protocol for which frames are counted. A frame can count for several protocols, such as VLAN, IPv4 and TCP. */
public enum Protocol {
    /** ARP. */
    ARP("ARP"),
    /** IP version 4. */
    IPV4("IPv4"),
    /** IP version 6. */
    IPV6("IPv6"),
    /** TCP over either version of IP. */
    TCP("TCP"),
    /** UDP over either version of IP. */
    UDP("UDP"),
    /** ICMP over IPv4, and ICMPv6 over IPv6. */
    ICMP("ICMP"),
    /** A frame with one or more VLAN tags, counted once. */
    VLAN("VLAN"),
    /** A frame that is neither ARP nor IP. */
    OTHER("other");

    final String label;

    Protocol(String label) {
        this.label = label;
    }
}
