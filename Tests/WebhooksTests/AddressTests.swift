import NetworkGuard
import Testing
import Webhooks

struct AddressTests {
    @Test(arguments: [
        (["203.0.113.9"], "203.0.113.9"), (["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        (["1.1.1.1", "203.0.113.9,10.0.0.2"], "203.0.113.9"), ([], "10.0.0.1"), (["[2001:db8::1]:443"], "2001:db8::1"),
        (["203.0.113.9:4711"], "203.0.113.9"), (["10.0.0.9"], "10.0.0.9"), (["unknown"], nil),
        (["203.0.113.9, unknown"], nil),
    ])
    func aProxyThatIsTrustedSaysWhoItIs(forwarded: [String], expected: String?) throws {
        let proxies = [try IPNetwork("10.0.0.0/8")]
        #expect(
            ClientAddress.resolve(peer: "10.0.0.1", forwardedFor: forwarded, trustedProxies: proxies)
                == expected.flatMap { IPAddress($0) })
    }

    @Test func anybodyElseSaysNothing() throws {
        let proxies = [try IPNetwork("10.0.0.0/8")]
        #expect(
            ClientAddress.resolve(peer: "192.0.2.1", forwardedFor: ["10.0.0.1"], trustedProxies: proxies)
                == IPAddress("192.0.2.1")
        )
        #expect(
            ClientAddress.resolve(peer: "10.0.0.1", forwardedFor: ["1.1.1.1"], trustedProxies: [])
                == IPAddress("10.0.0.1"))
        #expect(
            ClientAddress.resolve(peer: "::ffff:192.0.2.1", forwardedFor: [], trustedProxies: [])
                == IPAddress("192.0.2.1"))
        #expect(ClientAddress.resolve(peer: nil, forwardedFor: ["1.1.1.1"], trustedProxies: proxies) == nil)
    }
}
