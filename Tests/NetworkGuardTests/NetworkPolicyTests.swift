import NetworkGuard
import Testing

@Suite struct NetworkPolicyTests {
    private func policy(_ networks: String..., hosts: Set<String> = []) throws -> NetworkPolicy {
        NetworkPolicy(allowedNetworks: try networks.map { try IPNetwork($0) }, allowedHosts: hosts)
    }

    private func refusal(
        _ policy: NetworkPolicy, _ address: String, isAllowedHost: Bool = false
    ) throws -> AddressClass? {
        policy.refusal(of: try #require(IPAddress(address)), isAllowedHost: isAllowedHost)?.addressClass
    }

    @Test func anAllowedNetworkIsAllowedAndItsNeighboursAreNot() throws {
        let policy = try self.policy("10.1.0.0/16", "fd12::/16")
        #expect(try self.refusal(policy, "10.1.255.255") == nil)
        #expect(try self.refusal(policy, "10.2.0.0") == .private)
        #expect(try self.refusal(policy, "fd12::1") == nil)
        #expect(try self.refusal(policy, "fd13::1") == .private)
        #expect(try self.refusal(policy, "169.254.169.254") == .metadata)
        #expect(policy.refusal(ofHost: "0xa010001") == nil)
    }

    @Test func anAllowedNetworkIsAlsoAllowedWherePacketsComeToItThroughIPv6() throws {
        let policy = try self.policy("10.1.0.0/16")
        #expect(try self.refusal(policy, "::ffff:10.1.0.1") == nil)
        #expect(try self.refusal(policy, "64:ff9b::10.1.0.1") == nil)
        #expect(try self.refusal(policy, "::ffff:10.2.0.1") == .private)
        // Relays decide where these end.
        #expect(try self.refusal(policy, "2002:a01:1::1") == .private)
    }

    @Test func localhostIsAllowedWithLoopback() throws {
        #expect(NetworkPolicy().refusal(ofHost: "localhost")?.addressClass == .loopback)
        #expect(NetworkPolicy(allowedNetworks: IPNetwork.loopback).refusal(ofHost: "a.localhost") == nil)
        #expect(try self.policy("127.0.0.1").refusal(ofHost: "localhost") == nil)
        #expect(try self.policy("::1").refusal(ofHost: "localhost") == nil)
        #expect(try self.policy("127.0.0.2").refusal(ofHost: "localhost")?.addressClass == .loopback)
        #expect(try self.policy("10.0.0.0/8").refusal(ofHost: "metadata.google.internal")?.addressClass == .metadata)
        #expect(try self.policy("169.254.169.254").refusal(ofHost: "metadata.google.internal") == nil)
    }

    @Test func anAllowedHostMayBePrivateButNoMetadataService() throws {
        let policy = try self.policy(hosts: ["hooks.internal", "localhost"])
        #expect(policy.isAllowedHost("HOOKS.internal."))
        #expect(!policy.isAllowedHost("hooks.internal.example.com"))
        #expect(policy.refusal(ofHost: "hooks.internal") == nil)
        #expect(policy.refusal(ofHost: "localhost") == nil)
        for address in ["10.0.0.5", "127.0.0.1", "::1", "100.64.0.1", "fd00::1", "::ffff:192.168.0.1"] {
            #expect(try self.refusal(policy, address, isAllowedHost: true) == nil, "\(address)")
            #expect(try self.refusal(policy, address) != nil, "\(address)")
        }
        for address in ["169.254.169.254", "fd00:ec2::254", "169.254.0.1", "224.0.0.1", "0.0.0.0", "255.255.255.255"] {
            #expect(try self.refusal(policy, address, isAllowedHost: true) != nil, "\(address)")
        }
    }

    @Test func aHostThatIsThisMachineIsTold() {
        for host in ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST.", "::ffff:127.0.0.1"] {
            #expect(NetworkPolicy.isLoopback(host: host), "\(host)")
        }
        for host in ["0.0.0.0", "::", "10.0.0.5", "example.com", "", "8.8.8.8"] {
            #expect(!NetworkPolicy.isLoopback(host: host), "\(host)")
        }
    }
}
