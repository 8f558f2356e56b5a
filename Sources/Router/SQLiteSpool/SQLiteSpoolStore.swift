import EventLog
import GRDB
import NIOCore
import SQLiteFiles
import Synchronization
import Webhooks

/// The spool of webhooks in a directory of its own: a database of SQLite whose commits are synced.
///
/// What comes while a transaction is under way shares the next one, and its sync. After a write or a sync that failed
/// with an error of the disk nothing is taken any more: what the operating system then says of later syncs cannot be
/// relied on. What is there can still be read and removed.
public final class SQLiteSpoolStore: SpoolStore {
    private enum Work: Sendable {
        case append(Int64, ByteBuffer)
        case remove([Int64])
        case setAside(Int64, String)

        var isAppend: Bool {
            if case .append = self { return true }
            return false
        }
    }

    private struct Request: Sendable {
        var work: Work
        var continuation: CheckedContinuation<Result<Void, EventLogError>, Never>
    }

    private struct State {
        var requests: [Request] = []
        var isRunning = false
        var isClosed = false
        var fault: EventLogError?
    }

    /// Requests of one transaction.
    private static let requestsMax = 1_024
    private let directory: DataDirectory
    private let database: DatabaseQueue
    private let file: Mutex<SpoolFile?>
    private let state = Mutex(State())
    private let damage: String?

    /// Opens the spool in a directory, and makes it where there is none; blocks while it reads. A file that is damaged
    /// is renamed, and what can be read of it is taken over.
    /// - Parameter pagesMax: pages of 8 KiB that the file may have; nil: as many as the disk has.
    /// - Throws: `unavailable` where another process has it, or it cannot be written.
    public init(directory path: String, pagesMax: Int64? = nil) throws(EventLogError) {
        self.directory = try DataDirectory(path: path)
        do {
            let opened = try SpoolRescue.open(self.directory, pagesMax)
            self.database = opened.database
            self.file = Mutex(opened.file)
            self.damage = opened.damage
            try self.directory.synchronize()
        } catch {
            throw EventLogError(spool: error)
        }
    }

    /// Visits what waits; see ``SpoolStore/load(_:)``.
    public func load(_ body: (_ number: Int64, _ bytes: ByteBuffer) -> Void) throws(EventLogError) -> SpoolContent {
        do {
            return try self.database.writeWithoutTransaction { _ in
                guard let file = self.file.withLock({ $0 }) else { throw Self.closed }
                var content = SpoolContent()
                let damaged = try file.readAll(body)
                if !damaged.isEmpty {
                    try file.begin()
                    do {
                        for number in damaged { try file.setAside(number, "it is not what was written") }
                        try file.end()
                    } catch {
                        file.rollback()
                        throw error
                    }
                }
                (content.setAside, content.setAsideBytes) = try file.countAside()
                content.damaged = damaged.count
                content.damage = self.damage
                return content
            }
        } catch {
            throw EventLogError(spool: error)
        }
    }

    /// Writes one delivery; see ``SpoolStore/append(_:_:)``.
    public func append(_ number: Int64, _ bytes: ByteBuffer) async throws(EventLogError) {
        try await self.perform(.append(number, bytes))
    }

    /// Forgets deliveries; see ``SpoolStore/remove(_:)``.
    public func remove(_ numbers: [Int64]) async throws(EventLogError) { try await self.perform(.remove(numbers)) }

    /// Keeps one out of the way; see ``SpoolStore/setAside(_:reason:)``.
    public func setAside(_ number: Int64, reason: String) async throws(EventLogError) {
        try await self.perform(.setAside(number, reason))
    }

    /// Reads deliveries; see ``SpoolStore/read(_:)``.
    public func read(_ numbers: [Int64]) async throws(EventLogError) -> [Int64: ByteBuffer] {
        let result: Result<[Int64: ByteBuffer], EventLogError> = await withCheckedContinuation { continuation in
            self.database.asyncWriteWithoutTransaction { _ in
                guard let file = self.file.withLock({ $0 }) else {
                    return continuation.resume(returning: .failure(Self.closed))
                }
                var found: [Int64: ByteBuffer] = [:]
                for number in numbers {
                    do { found[number] = try file.read(number) } catch {
                        // A damaged page takes no other row with it. What the disk does not give now it may later.
                        let error = EventLogError(spool: error)
                        guard error.code == .corruptRecord else {
                            return continuation.resume(returning: .failure(error))
                        }
                    }
                }
                continuation.resume(returning: .success(found))
            }
        }
        return try result.get()
    }

    /// Finishes what is queued, and closes the file. Calls made later fail.
    public func close() async {
        self.state.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            // Behind the turn in progress; what was taken in before is done here at the latest.
            self.database.asyncWriteWithoutTransaction { _ in
                self.drain()
                self.file.withLock { $0 = nil }
                continuation.resume()
            }
        }
        await self.database.closeOffPool()
        self.directory.release()
    }

    // MARK: The writer

    private static let closed = EventLogError(.closed, "the spool is closed")

    private func perform(_ work: Work) async throws(EventLogError) {
        let result: Result<Void, EventLogError> = await withCheckedContinuation { continuation in
            let (refusal, mustCall) = self.state.withLock { state -> (EventLogError?, Bool) in
                if state.isClosed { return (Self.closed, false) }
                if let fault = state.fault, case .append = work { return (fault, false) }
                state.requests.append(Request(work: work, continuation: continuation))
                defer { state.isRunning = true }
                return (nil, !state.isRunning)
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
            if mustCall { self.database.asyncWriteWithoutTransaction { _ in self.drain() } }
        }
        try result.get()
    }

    private func drain() {
        guard let file = self.file.withLock({ $0 }) else { return }
        while let requests = self.next() { self.transact(requests, file) }
    }

    private func next() -> [Request]? {
        self.state.withLock { state in
            if state.requests.isEmpty {
                state.isRunning = false
                return nil
            }
            defer { state.requests.removeFirst(min(Self.requestsMax, state.requests.count)) }
            return Array(state.requests.prefix(Self.requestsMax))
        }
    }

    private func transact(_ requests: [Request], _ file: SpoolFile) {
        var hasRemoved = false
        do {
            // What was queued before the fault was found must not be answered after it.
            if let fault = self.state.withLock({ $0.fault }), requests.contains(where: { $0.work.isAppend }) {
                throw fault
            }
            try file.begin()
            for request in requests {
                switch request.work {
                case .append(let number, let bytes): try file.append(number, bytes)
                case .remove(let numbers):
                    for number in numbers { try file.remove(number) }
                    hasRemoved = true
                case .setAside(let number, let reason): try file.setAside(number, reason)
                }
            }
            try file.end()
        } catch {
            file.rollback()
            let error = EventLogError(spool: error)
            if error.code == .unavailable || error.code == .corruptRecord {
                self.state.withLock { $0.fault = $0.fault ?? error }
            }
            for request in requests { request.continuation.resume(returning: .failure(error)) }
            return
        }
        for request in requests { request.continuation.resume(returning: .success(())) }
        if hasRemoved { file.shrinkIfEmpty() }
    }
}
