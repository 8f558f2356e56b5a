import AsyncHTTPClient
import NIOCore
import NIOPosix
import NetworkGuard
import Synchronization

/// Keeps requests to the addresses that a ``NetworkPolicy`` allows.
///
/// There are two gates. A host is looked at before any connection: its text, and where it is a name, all addresses that
/// it is resolved to; one that is refused is enough. What comes of that holds for a while. The client then resolves for
/// itself, and a name may have another address by then: so every connection is looked at once more, with the address
/// that its socket has at the other end, before any request is written to it.
final class AddressGuard: Sendable {
    private struct RefusedConnections {
        var closing: [ObjectIdentifier: EventLoopFuture<Void>] = [:]
        var isStopped = false
    }

    private let policy: NetworkPolicy
    private let lookup: AddressLookup
    private let interval: TimeAmount
    private let eventLoopGroup: any EventLoopGroup
    private let clearancesMax: Int
    private let clearances = Mutex<[String: HostClearance]>([:])
    private let refused = Mutex(RefusedConnections())

    init(configuration: HTTPEventSinkConfiguration, lookup: AddressLookup, eventLoopGroup: any EventLoopGroup) {
        self.policy = configuration.networkPolicy
        self.lookup = lookup
        self.interval = .milliseconds(configuration.addressCheckIntervalMilliseconds)
        self.clearancesMax = configuration.preparedDestinationsMax
        self.eventLoopGroup = eventLoopGroup
    }

    /// What stands between an attempt and a host.
    func gate(ofHost host: String) -> HostGate {
        if let refusal = self.policy.refusal(ofHost: host) { return .refused(refusal) }
        guard case .name(let name) = HostName(host) else { return .open }
        return .name(self.clearance(of: name), isAllowedHost: self.policy.isAllowedHost(host))
    }

    /// Shared by all destinations on a host. Those that are forgotten here live on with who has them.
    private func clearance(of name: String) -> HostClearance {
        let isAllowedHost = self.policy.isAllowedHost(name)
        return self.clearances.withLock { clearances in
            if let known = clearances[name] { return known }
            if clearances.count >= self.clearancesMax { clearances = [:] }
            let policy = self.policy
            let made = HostClearance(
                host: name, interval: self.interval, lookup: self.lookup, eventLoop: self.eventLoopGroup.any()
            ) { Self.refusal(of: $0, policy, isAllowedHost: isAllowedHost) }
            clearances[name] = made
            return made
        }
    }

    /// Looks at every connection that a client of this configuration opens.
    func watch(_ client: inout HTTPClient.Configuration, isForAllowedHosts: Bool) {
        let check: @Sendable (any Channel) -> EventLoopFuture<Void> = { channel in
            // A connection without another end is closed already.
            guard let address = channel.remoteAddress else {
                return self.refuse(channel, ChannelError.ioOnClosedChannel)
            }
            guard let refusal = Self.refusal(of: address, self.policy, isAllowedHost: isForAllowedHosts) else {
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            return self.refuse(channel, refusal)
        }
        client.http1_1ConnectionDebugInitializer = check
        client.http2ConnectionDebugInitializer = check
    }

    /// Returns when the connections that were refused are closed. The client may be shut down then, and not before: it
    /// would not expect their end.
    func stop() async {
        let closing = self.refused.withLock { refused in
            refused.isStopped = true
            return Array(refused.closing.values)
        }
        for closed in closing { try? await closed.get() }
    }

    private func refuse(_ channel: any Channel, _ error: any Error) -> EventLoopFuture<Void> {
        let id = ObjectIdentifier(channel)
        let isStopped = self.refused.withLock { refused in
            if !refused.isStopped { refused.closing[id] = channel.closeFuture }
            return refused.isStopped
        }
        guard !isStopped else {
            // The client may have it, and close it with all others; nothing that it writes goes out.
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(WriteBarrier(error), position: .first)
            }
        }
        channel.closeFuture.whenComplete { _ in self.refused.withLock { $0.closing[id] = nil } }
        // The client leaves the connection open. It takes a close for the end of a connection that it knows, so it has
        // to hear of the failure first: it does as soon as this returns, and the close comes behind that.
        channel.eventLoop.execute { channel.close(promise: nil) }
        return channel.eventLoop.makeFailedFuture(error)
    }

    /// An attempt to connect that failed tells of a refused address what a connection would: whether something is
    /// there. Nil where all addresses that were tried are allowed.
    func refusal(of error: any Error, isAllowedHost: Bool) -> AddressRefusal? {
        switch error {
        case let refusal as AddressRefusal: refusal
        case let error as NIOConnectionError:
            error.connectionErrors.lazy.compactMap {
                Self.refusal(of: $0.target, self.policy, isAllowedHost: isAllowedHost)
            }.first
        default: nil
        }
    }

    /// What has no address of IP is nowhere that could be allowed.
    private static func refusal(
        of address: SocketAddress, _ policy: NetworkPolicy, isAllowedHost: Bool
    ) -> AddressRefusal? {
        guard let address = IPAddress(address) else { return AddressRefusal(.malformed) }
        return policy.refusal(of: address, isAllowedHost: isAllowedHost)
    }
}
