import Delivery
import NetworkGuard
import Subscriptions
import Synchronization

@testable import HTTPEventSink

/// A sink with a policy and a resolver of its own, and what it refused.
struct AddressWorld {
    private final class Observer: AddressRefusalObserver {
        let refusals = Mutex<[AddressRefusal]>([])

        func refused(_ refusal: AddressRefusal, host: String) {
            self.refusals.withLock { $0.append(refusal) }
        }
    }

    let sink: HTTPEventSink
    private let observer = Observer()

    var refusals: [AddressRefusal] { self.observer.refusals.withLock { $0 } }

    init(
        allowing networks: [String], hosts: Set<String> = [], lookup: AddressLookup = .system,
        checkMilliseconds: Int64 = 30_000, connectMilliseconds: Int64 = 5_000
    ) {
        var configuration = HTTPEventSinkConfiguration()
        configuration.networkPolicy = NetworkPolicy(
            allowedNetworks: networks.compactMap { try? IPNetwork($0) }, allowedHosts: hosts)
        configuration.addressCheckIntervalMilliseconds = checkMilliseconds
        configuration.connectTimeoutMilliseconds = connectMilliseconds
        self.sink = HTTPEventSink(configuration: configuration, observer: self.observer, lookup: lookup)
    }

    /// Sends one small event.
    func send(to url: String) async -> AttemptReport {
        let destination = Destination(
            sink: url, origin: url, mode: .binary, protocolSettings: HTTPProtocolSettings(),
            timeoutMilliseconds: 60_000)
        return await self.sink.send(SinkWorld.attempt(destination, [SinkWorld.event()]))
    }
}
