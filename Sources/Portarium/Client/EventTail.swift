import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Follows a router's event stream across lost connections.
struct EventTail: Sendable {
    let client: RouterClient
    let filter: String?
    let from: String?
    /// Called with what happened to the connection, for people.
    let notice: @Sendable (String) -> Void
    /// The pause before the first reconnection; doubled by every further one, at most 10 s.
    var reconnectMilliseconds: Int64 = 500

    /// Gives every event to `body` until that returns false.
    /// - Throws: the ``Problem`` of a refusal; ``CommandFailure`` with ``ExitStatus/unreachable`` where the very first
    ///   connection fails. Later ones are tried again for as long as it takes.
    func run(_ body: (ServerSentEvent) throws -> Bool) async throws {
        var lastEventID = ""
        var hasConnected = false
        var failures = 0
        var wish: Int64?
        while true {
            var parser = ServerSentEventParser()
            do {
                let response = try await self.connect(lastEventID: lastEventID)
                guard (200...299).contains(Int(response.status.code)) else {
                    try await self.refused(response, hasConnected: hasConnected)
                    throw StreamEnded()
                }
                if failures > 0 { self.notice("connected again") }
                hasConnected = true
                failures = 0
                for try await chunk in response.body {
                    for event in try parser.parse(chunk) {
                        lastEventID = event.lastEventID
                        guard try body(event) else { return }
                    }
                    if !parser.lastEventID.isEmpty { lastEventID = parser.lastEventID }
                    wish = parser.retryMilliseconds ?? wish
                }
                throw StreamEnded()
            } catch let error where !hasConnected || Self.isFinal(error) {
                throw error
            } catch {
                if failures == 0 { self.notice("the connection is lost; connecting again") }
            }
            let doubled = (wish ?? self.reconnectMilliseconds) << Int64(min(failures, 8))
            failures += 1
            try await Task.sleep(for: .milliseconds(min(max(1, doubled), 10_000)))
        }
    }

    private struct StreamEnded: Error {}

    /// Whether another connection would not help.
    private static func isFinal(_ error: any Error) -> Bool {
        switch error {
        case is StreamEnded: false
        case let failure as CommandFailure: failure.status != .unreachable
        case is Terminal.OutputClosed, is Problem, is CancellationError, is ServerSentEventParser.EventTooLarge: true
        default: false
        }
    }

    private func connect(lastEventID: String) async throws -> HTTPClientResponse {
        var request = RouterRequest.get("/v1/events/stream", query: [("filter", self.filter), ("from", self.from)])
        request.headers = [("accept", "text/event-stream")]
        if !lastEventID.isEmpty { request.headers.append(("last-event-id", lastEventID)) }
        return try await self.client.open(request)
    }

    /// An answer that is no stream: 429 and 5xx pass when there was a stream before, others are final.
    private func refused(_ response: HTTPClientResponse, hasConnected: Bool) async throws {
        let status = Int(response.status.code)
        if hasConnected, status == 429 || status >= 500 { return }
        let body = try? await response.body.collect(upTo: 1_048_576)
        throw Problem(status: status, body: body ?? ByteBuffer())
    }
}
