import AsyncHTTPClient
import Delivery
import NIOCore
import NIOHTTP1

extension HTTPEventSink: SinkHandshake {
    /// Who asks waits no longer, whatever the timeout of deliveries: few are asked at the same time.
    private static let askTimeoutMax: Int64 = 10_000

    /// `OPTIONS` with `WebHook-Request-Origin`, and `WebHook-Request-Rate` where a rate is asked for, to the same
    /// addresses and with the same headers as deliveries. A callback is not offered: the answer has to be this one.
    public func ask(_ destination: Destination, requestsPerMinute: Int?) async -> HandshakeAnswer {
        let prepared = self.destinations[destination]
        var request: HTTPClientRequest
        do throws(DestinationFault) { request = try prepared.template.get() } catch { return .refused(error.text) }
        request.method = .OPTIONS
        if let requestsPerMinute { request.headers.add(name: "WebHook-Request-Rate", value: "\(requestsPerMinute)") }
        let timeout = min(max(destination.timeoutMilliseconds, 1), Self.askTimeoutMax)
        let deadline = NIODeadline.now() + .milliseconds(timeout)
        do {
            try await self.authorize(&request, destination, deadline: deadline)
            let response = try await self.execute(request, prepared, deadline: deadline)
            let status = Int(response.status.code)
            _ = await ResponseBody.discard(
                response, bytesMax: self.configuration.responseBodyBytesMax, deadline: deadline,
                eventLoop: self.client.eventLoopGroup.any())
            return HandshakeAnswer(
                status: status, origin: self.configuration.requestOrigin,
                allowedOrigins: response.headers["webhook-allowed-origin"],
                allowedRates: response.headers["webhook-allowed-rate"])
        } catch {
            return .refused("the sink was not reached to be asked: \(self.text(of: error, prepared))")
        }
    }
}
