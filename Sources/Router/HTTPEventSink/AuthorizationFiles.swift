import NIOCore
import NIOPosix
import Subscriptions
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads what `Authorization` says from files, one of a tenant's each: `DIRECTORY/TENANT/NAME`. A file that changes is
/// read again within an interval. Attempts that need the same file at the same time share one read; where that takes
/// too long, what the file said before holds.
final class AuthorizationFiles: Sendable {
    /// Why a file cannot be used. Says nothing of what is in it.
    struct Fault: Error {
        let text: String
    }

    /// Reads a file, on a thread that may block: the directory may be somewhere in the network.
    typealias Reader = @Sendable (_ path: String, _ eventLoop: any EventLoop) -> EventLoopFuture<Result<String, Fault>>

    private struct Reading {
        var value: Result<String, Fault>?
        var readAt = NIODeadline.now()
        /// The read that is under way.
        var next: EventLoopFuture<Result<String, Fault>>?
    }

    /// How long a read is waited for where an earlier one is known.
    private static let patience = TimeAmount.seconds(1)
    private let directory: String?
    private let interval: TimeAmount
    private let readingsMax: Int
    private let reader: Reader
    private let readings = Mutex<[String: Reading]>([:])

    init(
        configuration: HTTPEventSinkConfiguration,
        reader: @escaping Reader = { path, eventLoop in
            NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { AuthorizationFiles.contents(path) }
        }
    ) {
        self.reader = reader
        self.directory = configuration.authorizationDirectory
        self.interval = .milliseconds(configuration.authorizationReadIntervalMilliseconds)
        self.readingsMax = configuration.preparedDestinationsMax
    }

    /// What the file says now, or said within the interval.
    /// - Throws: ``Fault`` where it says nothing that can be used, or not before the deadline.
    func value(
        tenant: String, name: String, until deadline: NIODeadline, on eventLoop: any EventLoop
    ) async throws(Fault) -> String {
        guard let directory else {
            throw Fault(text: "the router has no directory of authorizations (sink.authorizationDirectory)")
        }
        // Both are checked where they come from; a path that leaves the directory must not depend on that.
        guard SinkAuthorization.isFileName(name), !tenant.isEmpty, tenant.first != ".", !tenant.contains("/") else {
            throw Fault(text: "the authorization's file has no usable name")
        }
        let path = "\(directory)/\(tenant)/\(name)"
        let now = NIODeadline.now()
        let known = self.readings.withLock { $0[path] }
        if let value = known?.value, let known, now - known.readAt < self.interval { return try value.get() }
        let late = known?.value ?? .failure(Fault(text: "the authorization's file could not be read in time"))
        let end = known?.value == nil ? deadline : min(deadline, now + Self.patience)
        return try await Self.answer(of: self.read(path, on: eventLoop), until: end, orElse: late, eventLoop).get()
    }

    /// What a read gives, `late` at the deadline or where it cannot be done at all.
    private static func answer(
        of read: EventLoopFuture<Result<String, Fault>>, until deadline: NIODeadline,
        orElse late: Result<String, Fault>,
        _ eventLoop: any EventLoop
    ) async -> Result<String, Fault> {
        let answer = eventLoop.makePromise(of: Result<String, Fault>.self)
        read.cascade(to: answer)
        let timer = eventLoop.scheduleTask(deadline: deadline) { answer.succeed(late) }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            (try? await answer.futureResult.get()) ?? late
        } onCancel: {
            answer.succeed(late)
        }
    }

    /// The read that is under way, or a new one.
    private func read(_ path: String, on eventLoop: any EventLoop) -> EventLoopFuture<Result<String, Fault>> {
        let (future, mine) = self.readings.withLock { readings in
            if let next = readings[path]?.next { return (next, nil as EventLoopPromise<Result<String, Fault>>?) }
            if readings.count >= self.readingsMax { readings = readings.filter { $0.value.next != nil } }
            let promise = eventLoop.makePromise(of: Result<String, Fault>.self)
            readings[path, default: Reading()].next = promise.futureResult
            return (promise.futureResult, promise)
        }
        guard let mine else { return future }
        self.reader(path, eventLoop).whenComplete { result in
            let value = (try? result.get()) ?? .failure(Fault(text: "the authorization's file cannot be read"))
            self.readings.withLock { $0[path] = Reading(value: value) }
            mine.succeed(value)
        }
        return future
    }

    private static func contents(_ path: String) -> Result<String, Fault> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return .failure(
                Fault(
                    text: errno == ENOENT
                        ? "the authorization's file is not there" : "the authorization's file cannot be read"))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: SubscriptionSecrets.authorizationBytesMax + 1)
        let count = bytes.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { return .failure(Fault(text: "the authorization's file cannot be read")) }
        guard count <= SubscriptionSecrets.authorizationBytesMax else {
            return .failure(
                Fault(text: "the authorization's file has more than \(SubscriptionSecrets.authorizationBytesMax) bytes")
            )
        }
        var text = bytes[..<count]
        while let last = text.last, [0x20, 0x09, 0x0a, 0x0d].contains(last) { text.removeLast() }
        let value = String(decoding: text, as: UTF8.self)
        guard !value.isEmpty, HeaderText.isValue(value) else {
            return .failure(Fault(text: "the authorization's file is not one line of a header"))
        }
        return .success(value)
    }
}

/// `read(2)`, whose name the type has taken.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
