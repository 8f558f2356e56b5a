import NetworkGuard
import Subscriptions
import Testing

@Suite struct RefusedHostsTests {
    @Test func everyFormOfAHostThatIsNotPublicIsRefusedForWhatItIs() {
        let policy = NetworkPolicy()
        #expect(RefusedHosts.table.count > 150)
        for (host, kind) in RefusedHosts.table {
            #expect(policy.refusal(ofHost: host)?.addressClass == kind, "\(host.debugDescription)")
        }
    }

    @Test func noneOfThemGetsIntoASubscription() {
        let policy = NetworkPolicy()
        for (host, _) in RefusedHosts.table {
            // What a URL cannot hold is refused as a URL; a URL may also name another host than it seems to.
            guard let url = try? SinkURL("https://\(host)/hook") else { continue }
            #expect(policy.refusal(ofHost: url.host) != nil, "\(host.debugDescription)")
        }
    }

    @Test func publicAddressesAndNamesGoOn() {
        let policy = NetworkPolicy()
        for host in RefusedHosts.allowed { #expect(policy.refusal(ofHost: host) == nil, "\(host)") }
    }

    @Test func theTextOfARefusedHostTellsNoAddressWhereThereIsNone() {
        let policy = NetworkPolicy()
        #expect(policy.refusal(ofHost: "localhost")?.address == nil)
        #expect(policy.refusal(ofHost: "0x7f.1")?.address == IPAddress("127.0.0.1"))
    }
}
