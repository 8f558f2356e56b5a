import EventDispatch
import Synchronization

/// Dead letters in a list, newest last.
final class InMemoryDeadLetters: DeadLetterService {
    struct State {
        var letters: [DeadLetter] = []
        var redriven: [RedriveSelection] = []
        var failure: ServiceError?
    }

    let state = Mutex(State())

    init(_ letters: [DeadLetter] = []) {
        self.state.withLock { $0.letters = letters }
    }

    func list(
        tenant: String, subscription: String?, reason: String?, page: PageRequest
    ) async throws(ServiceError) -> Page<DeadLetter> {
        try self.change { state throws(ServiceError) in
            let found = state.letters.reversed().filter { letter in
                letter.tenant == tenant && (subscription == nil || letter.subscription == subscription)
                    && (reason == nil || letter.reason == reason)
            }
            return try InMemoryPages.page(Array(found), page)
        }
    }

    func get(_ id: String, tenant: String) async throws(ServiceError) -> DeadLetter {
        try self.change { state throws(ServiceError) in state.letters[try Self.index(id, tenant, state)] }
    }

    func redrive(_ selection: RedriveSelection, tenant: String) async throws(ServiceError) -> Int {
        try self.change { state throws(ServiceError) in
            state.redriven.append(selection)
            switch selection {
            case .ids(let ids, _):
                for id in ids { _ = try Self.index(id, tenant, state) }
                state.letters.removeAll { ids.contains($0.id) && $0.tenant == tenant }
                return ids.count
            case .subscription(let name, _):
                let before = state.letters.count
                state.letters.removeAll { $0.subscription == name && $0.tenant == tenant }
                return before - state.letters.count
            }
        }
    }

    func discard(_ id: String, tenant: String) async throws(ServiceError) {
        try self.change { state throws(ServiceError) in
            state.letters.remove(at: try Self.index(id, tenant, state))
            return ()
        }
    }

    private func change<R: Sendable>(_ body: (inout State) throws(ServiceError) -> R) throws(ServiceError) -> R {
        try self.state.withLock { state throws(ServiceError) in
            if let failure = state.failure { throw failure }
            return try body(&state)
        }
    }

    private static func index(_ id: String, _ tenant: String, _ state: State) throws(ServiceError) -> Int {
        guard let index = state.letters.firstIndex(where: { $0.id == id && $0.tenant == tenant }) else {
            throw ServiceError(.notFound, "there is no dead letter '\(id)'")
        }
        return index
    }
}
