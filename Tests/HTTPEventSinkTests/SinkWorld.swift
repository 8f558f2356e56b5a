import CloudEvents
import Delivery
import EventLog
import HTTPEventSink
import NIOCore
import NetworkGuard
import RouterTestKit
import Subscriptions
import Traces

/// A sink under test and a real server for it to send to.
struct SinkWorld {
    let sink: HTTPEventSink
    let server: LoopbackSink

    /// Makes both, runs `body`, and takes both down whatever comes of it. The sink may send to loopback.
    static func run<Result: Sendable>(
        host: String = "127.0.0.1", configuration: HTTPEventSinkConfiguration = HTTPEventSinkConfiguration(),
        tracer: Tracer? = nil, _ body: (SinkWorld) async throws -> Result
    ) async throws -> Result {
        try await LoopbackSink.withSink(host: host) { server in
            var configuration = configuration
            configuration.networkPolicy.allowedNetworks += IPNetwork.loopback
            let sink = HTTPEventSink(configuration: configuration, tracer: tracer)
            do {
                let result = try await body(SinkWorld(sink: sink, server: server))
                await sink.shutdown()
                return result
            } catch {
                await sink.shutdown()
                throw error
            }
        }
    }

    /// A destination on the server; a minute's timeout, so that nothing but what a test scripts decides.
    func destination(
        _ path: String = "/hook", mode: SubscriptionConfiguration.ContentMode = .binary,
        headers: [String: String] = [:], method: String = "POST", timeoutMilliseconds: Int64 = 60_000
    ) -> Destination {
        Destination(
            sink: self.server.url(path), origin: self.server.origin, mode: mode,
            protocolSettings: HTTPProtocolSettings(headers: headers, method: method),
            timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Sends one small event and returns the report.
    func send(timeoutMilliseconds: Int64 = 60_000) async -> AttemptReport {
        await self.sink.send(
            Self.attempt(self.destination(timeoutMilliseconds: timeoutMilliseconds), [Self.event()]))
    }

    static func event(
        id: String = "1", source: String = "/test", type: String = "com.example.test.v1",
        _ attributes: KeyValuePairs<String, String> = [:], data: String? = nil
    ) -> CloudEvent {
        var event = CloudEvent(id: id, source: source, type: type, data: data.map { ByteBuffer(string: $0) })
        for (name, value) in attributes { event.attributes.append(name: name, value: value) }
        return event
    }

    static func attempt(
        _ destination: Destination, _ events: [CloudEvent], replayID: String? = nil
    ) -> DeliveryAttempt {
        let elements = events.enumerated().map { index, event in
            DeliveryAttempt.Element(
                event: event,
                position: Position(TopicPartition(Topic("portarium.events"), Partition(0)), Offset(Int64(index))))
        }
        return DeliveryAttempt(
            id: 1, subscription: SubscriptionID(tenant: "acme", name: "hook"), destination: destination,
            elements: elements, number: 1, replayID: replayID)
    }
}
