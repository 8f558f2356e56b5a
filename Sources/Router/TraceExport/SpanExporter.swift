import AsyncHTTPClient
import HTTPEventSink
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Traces

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Posts spans to a collector (OTLP/HTTP 1), one request at a time, while it runs.
///
/// The collector is the deployment's own: addresses are not looked at. Redirects are not followed, and proxies are not
/// used: headers may hold a secret. To be started before what records, and stopped after it.
public final class SpanExporter: Service {
    /// Bytes that are read of an answer.
    private static let answerBytesMax = 65_536
    /// How often it is looked whether a request is due.
    private static let lookInterval = Duration.milliseconds(100)

    private let configuration: SpanExportConfiguration
    private let queue: SpanQueue
    private let observer: any SpanExportObserver
    private let eventLoopGroup: any EventLoopGroup

    /// - Parameters:
    ///   - queue: where the spans come from; it is closed when the exporter stops.
    ///   - eventLoopGroup: where connections live. It has to outlive the exporter, and stays the caller's.
    public init(
        configuration: SpanExportConfiguration, queue: SpanQueue, observer: any SpanExportObserver,
        eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup
    ) {
        self.configuration = configuration.clamped()
        self.queue = queue
        self.observer = observer
        self.eventLoopGroup = eventLoopGroup
    }

    /// Posts until graceful shutdown, then what is left, for ``SpanExportConfiguration/flushMilliseconds`` at most;
    /// once per instance. A cancelled task posts nothing more.
    public func run() async {
        let client = self.makeClient()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.exportAll(with: client) }
            group.addTask {
                // Cancelled or told to stop: either way nothing more comes.
                try? await gracefulShutdown()
                self.queue.close()
                try? await Task.sleep(for: .milliseconds(self.configuration.flushMilliseconds))
            }
            // All is posted, or the time is up.
            await group.next()
            group.cancelAll()
        }
        self.queue.close()
        self.queue.dropRest()
        try? await client.shutdown()
    }

    private func makeClient() -> HTTPClient {
        var client = HTTPClient.Configuration()
        client.redirectConfiguration = .disallow
        client.timeout.connect = .milliseconds(self.configuration.timeoutMilliseconds)
        client.connectionPool.retryConnectionEstablishment = false
        client.httpVersion = .http1Only
        client.tracing.tracer = nil
        return HTTPClient(eventLoopGroupProvider: .shared(self.eventLoopGroup), configuration: client)
    }

    private func exportAll(with client: HTTPClient) async {
        while !Task.isCancelled {
            if let spans = self.queue.take() {
                await self.export(spans, with: client)
            } else if self.queue.isClosed {
                return
            } else {
                try? await Task.sleep(for: Self.lookInterval)
            }
        }
    }

    private func export(_ spans: [Span], with client: HTTPClient) async {
        let request = self.request(of: spans)
        let start = ContinuousClock.now
        var (repetition, isHurried) = (0, false)
        while true {
            let (end, rejected) = await self.post(request, with: client)
            let status: Int? = if case .answered(let status, _) = end { status } else { nil }
            switch ExportVerdict(end) {
            case .taken:
                let rejected = min(rejected, spans.count)
                if rejected < spans.count { self.observer.exported(spans.count - rejected) }
                if rejected > 0 { self.observer.dropped(rejected, .rejected, status: status) }
                return
            case .drop(let reason): return self.observer.dropped(spans.count, reason, status: status)
            case .retry(let asked):
                if Task.isCancelled { return self.observer.dropped(spans.count, .shutdown, status: status) }
                let delay = ExportVerdict.delayMilliseconds(
                    repetition: repetition, asked: asked, jitter: .random(in: 0..<1))
                let left = start.advanced(by: .milliseconds(self.configuration.retryMilliseconds)) - .now
                guard .milliseconds(delay) <= left else {
                    return self.observer.dropped(spans.count, .unreachable, status: status)
                }
                repetition += 1
                await self.pause(for: .milliseconds(delay), &isHurried)
                if Task.isCancelled { return self.observer.dropped(spans.count, .shutdown, status: status) }
                self.observer.retried()
            }
        }
    }

    /// A shutdown ends it, once: what is left is tried again at once.
    private func pause(for delay: Duration, _ isHurried: inout Bool) async {
        let end = ContinuousClock.now.advanced(by: delay)
        while !Task.isCancelled {
            if self.queue.isClosed, !isHurried {
                isHurried = true
                return
            }
            let rest = end - .now
            guard rest > .zero else { return }
            try? await Task.sleep(for: min(rest, Self.lookInterval))
        }
    }

    private func request(of spans: [Span]) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: self.configuration.endpoint)
        request.method = .POST
        var body: ByteBuffer
        switch self.configuration.encoding {
        case .protobuf:
            body = OTLPProtobuf.encode(spans, of: self.configuration.resource)
            request.headers.add(name: "content-type", value: OTLPProtobuf.mediaType)
        case .json:
            body = OTLPJSON.encode(spans, of: self.configuration.resource)
            request.headers.add(name: "content-type", value: OTLPJSON.mediaType)
        }
        if self.configuration.isCompressed, let compressed = Gzip.compressed(body) {
            body = compressed
            request.headers.add(name: "content-encoding", value: "gzip")
        }
        request.headers.add(name: "user-agent", value: "portarium/\(self.configuration.resource.version)")
        for (name, value) in self.configuration.headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(body)
        return request
    }

    /// One request, and how many spans the collector did not take of it. The time that there is covers the answer.
    private func post(_ request: HTTPClientRequest, with client: HTTPClient) async -> (ExportVerdict.End, Int) {
        let end = ContinuousClock.now.advanced(by: .milliseconds(self.configuration.timeoutMilliseconds))
        do {
            let response = try await client.execute(
                request, timeout: .milliseconds(self.configuration.timeoutMilliseconds))
            let status = Int(response.status.code)
            let retryAfter = response.headers.first(name: "retry-after").flatMap { value in
                RetryAfter.milliseconds(
                    value, nowMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
                    max: self.configuration.retryMilliseconds + 1)
            }
            // The status alone decides; an answer that breaks off says nothing of what was rejected.
            let body = await Self.body(of: response, until: end)
            let rejected =
                body.map { body in
                    (response.headers.first(name: "content-type") ?? "").hasPrefix("application/json")
                        ? ExportAnswer.rejectedSpans(json: body) : ExportAnswer.rejectedSpans(protobuf: body)
                } ?? 0
            return (.answered(status: status, retryAfterMilliseconds: retryAfter), status == 200 ? rejected : 0)
        } catch {
            return (.unanswered, 0)
        }
    }

    /// The body, where it comes whole in time.
    private static func body(of response: HTTPClientResponse, until end: ContinuousClock.Instant) async -> ByteBuffer? {
        await withTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask { try? await response.body.collect(upTo: Self.answerBytesMax) }
            group.addTask {
                // Ends early only where the body is there.
                try? await Task.sleep(until: end, clock: .continuous)
                return nil
            }
            let body = await group.next() ?? nil
            group.cancelAll()
            return body
        }
    }
}
