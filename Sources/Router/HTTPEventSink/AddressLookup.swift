import NIOCore
import NIOPosix

/// Finds the addresses of a name.
struct AddressLookup: Sendable {
    let addresses: @Sendable (_ host: String, _ eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]>

    /// The system's resolver, which the client asks too.
    static let system = Self { host, eventLoop in
        let resolver = NIORandomizedDNSResolver(loop: eventLoop)
        // One question for both families; the port is no part of it.
        let v6 = resolver.initiateAAAAQuery(host: host, port: 0)
        return v6.and(resolver.initiateAQuery(host: host, port: 0)).map { $0 + $1 }
    }
}
