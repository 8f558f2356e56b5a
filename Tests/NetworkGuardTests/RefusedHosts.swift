import NetworkGuard

/// Hosts behind which something is that no tenant may reach, in the forms in which they come, with what they are.
enum RefusedHosts {
    static let table: [(host: String, class: AddressClass)] =
        Self.loopback + Self.networks4 + Self.networks6 + Self.carriers + Self.names + Self.malformed

    static let loopback: [(String, AddressClass)] = [
        ("127.0.0.1", .loopback), ("127.0.0.1.", .loopback), ("127.255.255.254", .loopback), ("127.1", .loopback),
        ("127.0.1", .loopback), ("127.1.", .loopback), ("2130706433", .loopback), ("017700000001", .loopback),
        ("0177.0.0.1", .loopback), ("0177.0.0.01", .loopback), ("0x7f.1", .loopback), ("0x7f000001", .loopback),
        ("0X7F000001", .loopback), ("0x7f.0x0.0x0.0x1", .loopback), ("0x7f.0.1", .loopback), ("127.0x1", .loopback),
        ("[::1]", .loopback), ("::1", .loopback), ("[0:0:0:0:0:0:0:1]", .loopback),
        ("[0000:0000:0000:0000:0000:0000:0000:0001]", .loopback), ("[::0.0.0.1]", .loopback),
    ]

    static let networks4: [(String, AddressClass)] = [
        ("0.0.0.0", .unspecified), ("0", .unspecified), ("0x0", .unspecified), ("0x", .unspecified),
        ("0.255.255.255", .unspecified), ("10.0.0.5", .private), ("10.5", .private), ("0xa000005", .private),
        ("167772165", .private), ("172.16.0.1", .private), ("172.31.255.255", .private), ("192.168.0.1", .private),
        ("192.168.257", .private), ("0300.0250.0.1", .private), ("100.64.0.1", .carrierNAT),
        ("100.127.255.255", .carrierNAT), ("169.254.0.1", .linkLocal), ("169.254.169.254", .metadata),
        ("0xa9fea9fe", .metadata), ("2852039166", .metadata), ("0251.0376.0251.0376", .metadata),
        ("169.254.170.2", .metadata), ("169.254.170.23", .metadata), ("100.100.100.200", .metadata),
        ("168.63.129.16", .metadata), ("192.0.0.192", .metadata), ("192.0.0.8", .protocolAssignments),
        ("192.0.2.1", .documentation), ("198.51.100.1", .documentation), ("203.0.113.1", .documentation),
        ("192.88.99.1", .reserved), ("198.18.0.1", .benchmarking), ("198.19.255.255", .benchmarking),
        ("224.0.0.1", .multicast), ("239.255.255.255", .multicast), ("240.0.0.1", .reserved),
        ("255.255.255.254", .reserved), ("255.255.255.255", .broadcast), ("4294967295", .broadcast),
    ]

    static let networks6: [(String, AddressClass)] = [
        ("[::]", .unspecified), ("[0::0]", .unspecified), ("[fc00::1]", .private), ("[FDFF::1]", .private),
        ("[fd00:ec2::254]", .metadata), ("[fd00:0ec2:0::254]", .metadata), ("[fd00:ec2::23]", .metadata),
        ("[fd20:ce::254]", .metadata), ("[fe80::1]", .linkLocal), ("[febf::1]", .linkLocal),
        ("[fec0::1]", .siteLocal), ("[ff02::1]", .multicast), ("[2001:db8::1]", .documentation),
        ("[3fff::1]", .documentation), ("[2001:2::1]", .benchmarking), ("[100::1]", .discard),
        ("[2001:10::1]", .orchid), ("[2001:2f::1]", .orchid), ("[2001:1::1]", .protocolAssignments),
        ("[5f00::1]", .reserved), ("[4000::1]", .reserved), ("[100:0:0:1::1]", .reserved),
    ]

    /// IPv6 that carries IPv4.
    static let carriers: [(String, AddressClass)] = [
        ("[::ffff:127.0.0.1]", .loopback), ("[::ffff:7f00:1]", .loopback), ("[::FFFF:7F00:0001]", .loopback),
        ("[0:0:0:0:0:ffff:7f00:1]", .loopback), ("[::ffff:169.254.169.254]", .metadata),
        ("[::ffff:a9fe:a9fe]", .metadata), ("[::ffff:10.0.0.5]", .private), ("[::ffff:0.0.0.0]", .unspecified),
        ("[::127.0.0.1]", .loopback), ("[::10.0.0.5]", .private), ("[::8.8.8.8]", .reserved),
        ("[::ffff:0:127.0.0.1]", .loopback), ("[::ffff:0:8.8.8.8]", .reserved), ("[64:ff9b::127.0.0.1]", .loopback),
        ("[64:ff9b::a9fe:a9fe]", .metadata), ("[64:ff9b::10.0.0.5]", .private), ("[64:ff9b:1::10.0.0.5]", .private),
        ("[64:ff9b:1:a00:0:500::]", .reserved), ("[64:ff9b:1::1:808:808]", .reserved), ("[2002:7f00:1::1]", .loopback),
        ("[2002:a00:5::]", .private), ("[2002:a9fe:a9fe::1]", .metadata),
        ("[2001:0:a00:5::f7f7:f7f7]", .private), ("[2001:0:808:808::80ff:fffe]", .loopback),
        ("[2001:0:808:808::f7f7:f7f7]", .protocolAssignments), ("[2a00:1450::5efe:10.0.0.5]", .private),
        ("[2a00:1450::200:5efe:7f00:1]", .loopback), ("[fe80::5efe:8.8.8.8]", .linkLocal),
    ]

    static let names: [(String, AddressClass)] = [
        ("localhost", .loopback), ("LOCALHOST", .loopback), ("localhost.", .loopback), ("a.b.localhost", .loopback),
        ("localhost.localdomain", .loopback), ("ip6-localhost", .loopback), ("ip6-loopback", .loopback),
        ("metadata.google.internal", .metadata), ("Metadata.Google.Internal.", .metadata), ("metadata", .metadata),
        ("metadata.goog", .metadata), ("instance-data", .metadata), ("instance-data.ec2.internal", .metadata),
    ]

    static let malformed: [(String, AddressClass)] = [
        ("", .malformed), (".", .malformed), ("..", .malformed), ("localhost..", .malformed),
        ("127.0.0.1..", .malformed), ("127..1", .malformed), ("127%2e0%2e0%2e1", .malformed),
        ("%31%32%37.0.0.1", .malformed), ("127.0.0.1%00.example.com", .malformed),
        ("127.0.0.1\u{0}.example.com", .malformed), ("１２７.0.0.1", .malformed), ("127。0。0。1", .malformed),
        ("①②⑦.0.0.1", .malformed), ("ｌｏｃａｌｈｏｓｔ", .malformed), ("\u{212A}ubernetes", .malformed),
        ("[fe80::1%eth0]", .malformed), ("[fe80::1%25eth0]", .malformed), ("fe80::1%lo", .malformed),
        ("[127.0.0.1]", .malformed), ("[localhost]", .malformed), ("[::1", .malformed), ("::1]", .malformed),
        ("[v1.7f000001]", .malformed), ("[[::1]]", .malformed), ("[:::1]", .malformed), ("[1::2::3]", .malformed),
        ("127.0.0.256", .malformed), ("127.0.0.0.1", .malformed), ("4294967296", .malformed),
        ("0x100000000", .malformed), ("099.1", .malformed), ("0x7g.0.0.1.1", .malformed), ("example.1", .malformed),
        ("127.0.0.1 ", .malformed),
        ("127.0.0.1@example.com", .malformed), ("127.0.0.1#", .malformed), ("127.0.0.1:80", .malformed),
        ("user:pass@10.0.0.5", .malformed), ("127.0.0.1\\example.com", .malformed), ("10,0,0,5", .malformed),
        ("+127.1", .malformed), ("1e3.0x7f.+1", .malformed),
    ]

    /// Hosts of the public network, and names that only a resolver can judge.
    static let allowed: [String] = [
        "example.com", "EXAMPLE.com.", "hooks.example.internal", "8.8.8.8", "1.1.1.1", "172.32.0.1", "172.15.255.255",
        "100.63.255.255", "100.128.0.1", "192.169.0.1", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "[2606:4700:4700::1111]", "[2a00:1450:4001::5efe:8.8.8.8]", "[::ffff:8.8.8.8]", "[64:ff9b::8.8.8.8]",
        "[64:ff9b:1::8.8.8.8]", "[2002:808:808::1]", "localhost.example.com", "notlocalhost", "127.0.0.1.nip.io",
        "metadata.example.com", "0xexample.com", "a-b.c_d.example", "xn--bcher-kva.example", "1.2.3.4.example",
        "134744072", "8.8.2056",
    ]
}
