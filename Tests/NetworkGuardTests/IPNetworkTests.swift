import NetworkGuard
import Testing

@Suite struct IPNetworkTests {
    @Test(arguments: [
        "10.0.0.0/8", "0.0.0.0/0", "127.0.0.1/32", "192.168.4.0/22", "::/0", "fd00::/8", "2001:db8::/32", "::1/128",
        "2001:db8:0:8000::/49",
    ])
    func aNetworkIsWrittenAsItIsRead(text: String) throws {
        #expect(try IPNetwork(text).description == text)
    }

    @Test func anAddressIsANetworkOfItself() throws {
        let network = try IPNetwork("10.0.0.5")
        #expect(network.description == "10.0.0.5/32")
        #expect(network.contains(try #require(IPAddress("10.0.0.5"))))
        #expect(!network.contains(try #require(IPAddress("10.0.0.4"))))
        #expect(!network.contains(try #require(IPAddress("::ffff:10.0.0.5"))))
    }

    @Test func theEndsOfANetworkBelongToItAndWhatLiesBesideDoesNot() throws {
        let network = try IPNetwork("172.16.0.0/12")
        for (address, isInside) in [
            ("172.16.0.0", true), ("172.31.255.255", true), ("172.15.255.255", false), ("172.32.0.0", false),
        ] {
            #expect(network.contains(try #require(IPAddress(address))) == isInside, "\(address)")
        }
        #expect(try IPNetwork("::/0").contains(try #require(IPAddress("ffff::1"))))
        #expect(try !IPNetwork("0.0.0.0/0").contains(try #require(IPAddress("::"))))
    }

    @Test(arguments: [
        ("10.0.0.5/8", "has bits set behind its first 8: write 10.0.0.0/8"),
        ("fd00::1/8", "has bits set behind its first 8: write fd00::/8"),
        ("10.0.0.0/33", "must have a number of 0 to 32 behind the /"),
        ("::/129", "must have a number of 0 to 128 behind the /"),
        ("10.0.0.0/", "must have a number of 0 to 32 behind the /"),
        ("10.0.0.0/-1", "must have a number of 0 to 32 behind the /"),
        ("10.0.0.0/8/8", "must have a number of 0 to 32 behind the /"),
        ("10.0.0.0/255.0.0.0", "must have a number of 0 to 32 behind the /"),
        ("10/8", "must be an address or a network such as 10.0.0.0/8 or fd00::/8"),
        ("", "must be an address or a network such as 10.0.0.0/8 or fd00::/8"),
        ("localhost", "must be an address or a network such as 10.0.0.0/8 or fd00::/8"),
        ("[::1]", "must be an address or a network such as 10.0.0.0/8 or fd00::/8"),
    ])
    func whatIsNoNetworkIsRefusedWithTheMend(text: String, reason: String) {
        #expect(throws: IPNetwork.Fault(reason: reason)) { try IPNetwork(text) }
    }
}
