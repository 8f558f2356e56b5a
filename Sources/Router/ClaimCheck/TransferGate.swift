import Synchronization

/// Bounds what is fetched and held at once, in objects and in bytes, and keeps one tenant from having all of it.
///
/// Who does not fit waits in the order of arrival; a tenant that has its share is passed by. Waits end because holders
/// end: every fetch, send and answer has a time limit of its own.
final class TransferGate: Sendable {
    private struct Held {
        var transfers = 0
        var bytes = 0
    }

    private struct Waiter {
        let id: UInt64
        let tenant: String
        let bytes: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var total = Held()
        var tenants: [String: Held] = [:]
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
    }

    private let transfersMax: Int
    private let bytesMax: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - transfersMax: `1...`
    ///   - bytesMax: `1...`; a transfer of more counts as that many.
    init(transfersMax: Int, bytesMax: Int) {
        self.transfersMax = max(1, transfersMax)
        self.bytesMax = max(1, bytesMax)
    }

    /// What is under way.
    var transfers: Int { self.state.withLock { $0.total.transfers } }
    /// The bytes of it.
    var bytes: Int { self.state.withLock { $0.total.bytes } }
    /// Who waits.
    var waiting: Int { self.state.withLock { $0.waiters.count } }

    /// Returns when there is room for so many bytes. The room is given back when the pass is let go of.
    /// - Returns: nil where the task is cancelled meanwhile.
    func enter(bytes: Int, tenant: String) async -> TransferPass? {
        let bytes = min(max(0, bytes), self.bytesMax)
        let id = self.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = self.state.withLock { state in
                    if Task.isCancelled { return true }
                    state.waiters.append(Waiter(id: id, tenant: tenant, bytes: bytes, continuation: continuation))
                    return false
                }
                if isCancelled { return continuation.resume(returning: false) }
                self.admit()
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
            self.admit()
        }
        return isIn ? TransferPass(gate: self, bytes: bytes, tenant: tenant) : nil
    }

    fileprivate func leave(bytes: Int, tenant: String) {
        self.state.withLock { state in
            state.total.transfers -= 1
            state.total.bytes -= bytes
            state.tenants[tenant]?.transfers -= 1
            state.tenants[tenant]?.bytes -= bytes
            if state.tenants[tenant]?.transfers == 0 { state.tenants[tenant] = nil }
        }
        self.admit()
    }

    /// Lets in those that fit, in their order.
    private func admit() {
        let admitted = self.state.withLock { state in
            var admitted: [Waiter] = []
            var passedBy: Set<String> = []
            var index = 0
            while index < state.waiters.count {
                let waiter = state.waiters[index]
                guard !passedBy.contains(waiter.tenant), self.hasShare(waiter.bytes, waiter.tenant, state) else {
                    passedBy.insert(waiter.tenant)
                    index += 1
                    continue
                }
                // Nobody overtakes one that waits for room alone: a large one would wait for ever.
                guard self.hasRoom(waiter.bytes, state) else { break }
                Self.take(waiter.bytes, waiter.tenant, &state)
                admitted.append(state.waiters.remove(at: index))
            }
            return admitted
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
    }

    private func hasRoom(_ bytes: Int, _ state: State) -> Bool {
        state.total.transfers < self.transfersMax && state.total.bytes + bytes <= self.bytesMax
    }

    private func hasShare(_ bytes: Int, _ tenant: String, _ state: State) -> Bool {
        guard let held = state.tenants[tenant] else { return true }
        return held.transfers < max(1, self.transfersMax / 2) && held.bytes + bytes <= self.bytesMax / 2
    }

    private static func take(_ bytes: Int, _ tenant: String, _ state: inout State) {
        state.total.transfers += 1
        state.total.bytes += bytes
        state.tenants[tenant, default: Held()].transfers += 1
        state.tenants[tenant, default: Held()].bytes += bytes
    }
}

/// Room in a ``TransferGate``, given back when nobody holds it any more.
final class TransferPass: Sendable {
    private let gate: TransferGate
    private let bytes: Int
    private let tenant: String

    fileprivate init(gate: TransferGate, bytes: Int, tenant: String) {
        self.gate = gate
        self.bytes = bytes
        self.tenant = tenant
    }

    deinit { self.gate.leave(bytes: self.bytes, tenant: self.tenant) }
}
