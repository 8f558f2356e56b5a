import AsyncHTTPClient
import NIOCore
import NetworkGuard
import Synchronization

/// A name was resolved to nothing.
struct NoAddress: Error {}

/// Whether all addresses of a name are allowed, asked again after a while.
///
/// Only a good answer is remembered, so that a wrong one harms the attempts that met it. Attempts that need an answer
/// at the same time share one question. A resolver that fails does not take back what it said: connections are there,
/// and new ones are looked at for themselves.
final class HostClearance: Sendable {
    private let host: String
    private let interval: TimeAmount
    private let lookup: AddressLookup
    private let eventLoop: any EventLoop
    private let refusal: @Sendable (SocketAddress) -> AddressRefusal?
    /// Until when the last answer holds, in nanoseconds of the clock of deadlines.
    private let clearUntil = Atomic<UInt64>(0)
    /// Whether the last answer that there was is a good one.
    private let isClear = Atomic<Bool>(false)
    private let question = Mutex<EventLoopFuture<Void>?>(nil)

    init(
        host: String, interval: TimeAmount, lookup: AddressLookup, eventLoop: any EventLoop,
        refusal: @escaping @Sendable (SocketAddress) -> AddressRefusal?
    ) {
        self.host = host
        self.interval = interval
        self.lookup = lookup
        self.eventLoop = eventLoop
        self.refusal = refusal
    }

    /// Returns where all addresses of the name are allowed, at once as long as an answer holds.
    /// - Throws: `AddressRefusal`; why the name is not resolved; `HTTPClientError.connectTimeout` at the deadline;
    ///   `CancellationError`.
    func pass(until deadline: NIODeadline) async throws {
        guard NIODeadline.now().uptimeNanoseconds >= self.clearUntil.load(ordering: .relaxed) else { return }
        // A resolver may take longer than the attempt has: it is left alone then.
        let answer = self.eventLoop.makePromise(of: Void.self)
        self.ask().cascade(to: answer)
        let timer = self.eventLoop.scheduleTask(deadline: deadline) {
            answer.completeWith(self.verdict(withoutAnswer: HTTPClientError.connectTimeout))
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await answer.futureResult.get()
        } onCancel: {
            answer.fail(CancellationError())
        }
    }

    private func ask() -> EventLoopFuture<Void> {
        let (future, mine) = self.question.withLock { question -> (EventLoopFuture<Void>, EventLoopPromise<Void>?) in
            if let question { return (question, nil) }
            let promise = self.eventLoop.makePromise(of: Void.self)
            question = promise.futureResult
            return (promise.futureResult, promise)
        }
        guard let mine else { return future }
        self.lookup.addresses(self.host, self.eventLoop).whenComplete { result in
            let verdict =
                switch result {
                case .success(let addresses): self.verdict(on: addresses)
                case .failure(let error): self.verdict(withoutAnswer: error)
                }
            self.question.withLock { $0 = nil }
            mine.completeWith(verdict)
        }
        return future
    }

    private func verdict(on addresses: [SocketAddress]) -> Result<Void, any Error> {
        let refusal = addresses.lazy.compactMap(self.refusal).first
        guard refusal == nil, !addresses.isEmpty else {
            self.isClear.store(false, ordering: .relaxed)
            return .failure(refusal ?? NoAddress())
        }
        self.isClear.store(true, ordering: .relaxed)
        self.holdForAWhile()
        return .success(())
    }

    private func verdict(withoutAnswer error: any Error) -> Result<Void, any Error> {
        guard self.isClear.load(ordering: .relaxed) else { return .failure(error) }
        self.holdForAWhile()
        return .success(())
    }

    private func holdForAWhile() {
        let until = NIODeadline.now() + self.interval
        self.clearUntil.store(until.uptimeNanoseconds, ordering: .relaxed)
    }
}
