import Testing
import Webhooks

struct AddressTests {
    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("10.0.0.0/9", "10.127.0.1", true), ("10.0.0.0/9", "10.128.0.1", false),
        ("2001:db8::/32", "2001:db8:1::5", true),
        ("2001:db8::/32", "2001:db9::", false), ("::ffff:192.0.2.0/120", "192.0.2.9", true),
        ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("192.0.2.0/24", "nonsense", false), ("::/0", "::1", true),
    ])
    func aRangeHasItsAddresses(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "host.example", "10.0.0.0/8/8", "10.0.0.1/a",
    ])
    func whatIsNoRangeIsRefused(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: [
        (["203.0.113.9"], "203.0.113.9"), (["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        (["1.1.1.1", "203.0.113.9,10.0.0.2"], "203.0.113.9"), ([], "10.0.0.1"), (["[2001:db8::1]:443"], "2001:db8::1"),
        (["203.0.113.9:4711"], "203.0.113.9"), (["10.0.0.9"], "10.0.0.9"), (["unknown"], nil),
        (["203.0.113.9, unknown"], nil),
    ])
    func aProxyThatIsTrustedSaysWhoItIs(forwarded: [String], expected: String?) throws {
        let proxies = [try #require(AddressRange("10.0.0.0/8"))]
        #expect(
            ClientAddress.resolve(peer: "10.0.0.1", forwardedFor: forwarded, trustedProxies: proxies) == expected)
    }

    @Test func anybodyElseSaysNothing() throws {
        let proxies = [try #require(AddressRange("10.0.0.0/8"))]
        #expect(
            ClientAddress.resolve(peer: "192.0.2.1", forwardedFor: ["10.0.0.1"], trustedProxies: proxies) == "192.0.2.1"
        )
        #expect(ClientAddress.resolve(peer: "10.0.0.1", forwardedFor: ["1.1.1.1"], trustedProxies: []) == "10.0.0.1")
        #expect(ClientAddress.resolve(peer: nil, forwardedFor: ["1.1.1.1"], trustedProxies: proxies) == nil)
    }
}
