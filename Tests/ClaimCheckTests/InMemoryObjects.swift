import NIOCore
import ObjectStore
import Synchronization

/// An object store in memory that can be in trouble.
final class InMemoryObjects: ObjectStore {
    private struct State {
        var objects: [String: (bytes: ByteBuffer, contentType: String?)] = [:]
        var failure: ObjectStoreError?
        var putsLeft: Int?
        var gets = 0
        var getting = 0
        var gettingHighest = 0
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var objects: [String: (bytes: ByteBuffer, contentType: String?)] { self.state.withLock { $0.objects } }
    var gets: Int { self.state.withLock { $0.gets } }
    /// Gets under way now.
    var getting: Int { self.state.withLock { $0.getting } }
    /// The most gets that were ever under way at once.
    var gettingHighest: Int { self.state.withLock { $0.gettingHighest } }

    func fail(_ failure: ObjectStoreError?) { self.state.withLock { $0.failure = failure } }
    /// From now on so many puts succeed, and no more.
    func allow(puts: Int) { self.state.withLock { $0.putsLeft = puts } }
    func put(_ key: String, _ text: String) {
        self.state.withLock { $0.objects[key] = (ByteBuffer(string: text), nil) }
    }
    func remove(_ key: String) { self.state.withLock { $0.objects[key] = nil } }

    /// Gets wait until ``release()``.
    func hold() { self.state.withLock { $0.isHeld = true } }

    func release() {
        let held = self.state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func reference(to key: String) -> String { "s3://test/\(key)" }

    func put(_ key: String, _ bytes: ByteBuffer, contentType: String?) async throws(ObjectStoreError) {
        try self.state.withLock { (state) throws(ObjectStoreError) in
            if let failure = state.failure { throw failure }
            if let left = state.putsLeft {
                guard left > 0 else { throw ObjectStoreError(.unavailable, "no more puts") }
                state.putsLeft = left - 1
            }
            guard state.objects[key] == nil else { throw ObjectStoreError(.conflict, "there is one") }
            state.objects[key] = (bytes, contentType)
        }
    }

    func get(_ key: String, bytesMax: Int) async throws(ObjectStoreError) -> ByteBuffer {
        self.state.withLock { state in
            state.gets += 1
            state.getting += 1
            state.gettingHighest = max(state.gettingHighest, state.getting)
        }
        defer { self.state.withLock { $0.getting -= 1 } }
        await withCheckedContinuation { continuation in
            let isHeld = self.state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return try self.state.withLock { (state) throws(ObjectStoreError) in
            if let failure = state.failure { throw failure }
            guard let object = state.objects[key] else { throw ObjectStoreError(.notFound, "404 Not Found") }
            guard object.bytes.readableBytes <= bytesMax else { throw ObjectStoreError(.tooLarge, "too large") }
            return object.bytes
        }
    }

    func probe() async throws(ObjectStoreError) {
        if let failure = self.state.withLock({ $0.failure }) { throw failure }
    }
}
