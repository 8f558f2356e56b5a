import CloudEvents
import FoundationEssentials
import HTTPEventSink
import NIOCore

/// Sends events to a router's event endpoint.
struct EventPublisher: Sendable {
    let client: RouterClient
    let policy: PublishPolicy

    /// Sends one batch until each of its events has its fate.
    func publish(_ batch: PublishBatch, retriesUnreachable: Bool) async throws -> PublishReport {
        var delivery = BatchDelivery(batch, policy: self.policy, retriesUnreachable: retriesUnreachable)
        var action = delivery.start()
        while true {
            switch action {
            case .finished(let report): return report
            case .send(let part, let pause):
                if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
                let (answer, _) = try await self.send(
                    .publication(
                        headers: [("content-type", "application/cloudevents-batch+json")], body: part.body()))
                action = delivery.answered(answer, jitter: Double.random(in: 0...1))
            }
        }
    }

    /// Sends one event in one request and gives the router's answer.
    /// - Throws: ``Problem`` or ``CommandFailure`` where it is not accepted in the end.
    func publish(_ request: RouterRequest) async throws -> ServerAnswer {
        let single = PublishBatch(items: [PublishBatch.Item(line: 1, event: [])])
        var delivery = BatchDelivery(single, policy: self.policy, retriesUnreachable: false)
        var action = delivery.start()
        var last: (answer: PublishAnswer, server: ServerAnswer?) = (.unreachable(sentence: "nothing was sent"), nil)
        while case .send(_, let pause) = action {
            if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
            last = try await self.send(request)
            action = delivery.answered(last.answer, jitter: Double.random(in: 0...1))
        }
        if let server = last.server {
            guard server.isSuccess else { throw Problem(status: server.status, body: server.body) }
            return server
        }
        guard case .unreachable(let sentence) = last.answer else { throw CommandFailure(.failed, "nothing was sent") }
        throw CommandFailure(.unreachable, sentence)
    }

    private func send(_ request: RouterRequest) async throws -> (PublishAnswer, ServerAnswer?) {
        let answer: ServerAnswer
        do {
            answer = try await self.client.send(request)
        } catch let failure as CommandFailure where failure.status == .unreachable {
            return (.unreachable(sentence: failure.message), nil)
        }
        return (Self.meaning(of: answer), answer)
    }

    /// What a status says about the events of the request.
    static func meaning(of answer: ServerAnswer) -> PublishAnswer {
        if answer.isSuccess { return .accepted }
        let problem = Problem(status: answer.status, body: answer.body)
        let sentence = ([problem.sentence] + problem.faults).joined(separator: "; ")
        switch answer.status {
        case 413: return .tooLarge(sentence: sentence)
        case 400, 415, 422: return .invalid(status: answer.status, index: problem.index, sentence: sentence)
        case 408, 429, 502, 503, 504:
            let now = Int64(Date().timeIntervalSince1970 * 1_000)
            let pause = answer.retryAfter.flatMap { RetryAfter.milliseconds($0, nowMilliseconds: now, max: .max) }
            return .busy(status: answer.status, retryAfterMilliseconds: pause, sentence: sentence)
        default: return .refused(status: answer.status, sentence: problem.failure.message)
        }
    }
}
