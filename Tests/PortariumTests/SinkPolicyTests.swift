import HTTPEventSink
import NetworkGuard
import RouterAPI
import Testing

@testable import Portarium

/// Where sinks may be, by what the configuration says and where the router listens.
struct SinkPolicyTests {
    private func policy(_ file: String) throws -> NetworkPolicy {
        let check = ConfigurationCheck(Array(file.utf8))
        try #require(check.issues.isEmpty)
        #expect(check.configuration.eventSink.networkPolicy == check.configuration.networkPolicy)
        #expect(check.configuration.routerAPI.networkPolicy == check.configuration.networkPolicy)
        return check.configuration.networkPolicy
    }

    @Test(arguments: [
        "", "server: {listenHost: 127.0.0.1}", "server: {listenHost: localhost}", "server: {listenHost: \"::1\"}",
    ])
    func aRouterOnLoopbackSendsToLoopbackAndToNoOtherNetwork(file: String) throws {
        let policy = try self.policy(file)
        for host in ["127.0.0.1", "::1", "localhost"] { #expect(policy.refusal(ofHost: host) == nil, "\(host)") }
        for host in ["10.0.0.5", "169.254.169.254", "0.0.0.0", "fd00::1"] {
            #expect(policy.refusal(ofHost: host) != nil, "\(host)")
        }
    }

    @Test(arguments: ["0.0.0.0", "::", "10.0.0.1", "router.example"])
    func aRouterThatOthersReachRefusesLoopback(host: String) {
        var configuration = RouterConfiguration()
        configuration.server.listenHost = host
        #expect(configuration.networkPolicy == NetworkPolicy())
    }

    @Test func aListTakesThePlaceOfTheDefault() throws {
        #expect(try self.policy("sink: {allowedNetworks: []}") == NetworkPolicy())
        let some = try self.policy("sink: {allowedNetworks: [10.0.0.0/8], allowedHosts: [a.example]}")
        #expect(some.refusal(ofHost: "127.0.0.1") != nil)
        #expect(some.refusal(ofHost: "10.0.0.5") == nil)
        #expect(some.isAllowedHost("a.example"))
        let both = try self.policy("sink: {allowedNetworks: [auto, 10.0.0.0/8]}")
        #expect(both.refusal(ofHost: "127.0.0.1") == nil)
        #expect(both.refusal(ofHost: "10.0.0.5") == nil)
    }
}
