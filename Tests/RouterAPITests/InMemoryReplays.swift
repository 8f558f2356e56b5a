import EventDispatch
import EventLog
import Synchronization

/// A replay service over a number of events that match.
final class InMemoryReplays: ReplayService {
    struct State {
        var views: [String: ReplayView] = [:]
        var order: [String] = []
        var matched: Int64 = 3
        var subscriptions: Set<String> = ["orders"]
        var failure: ServiceError?
    }

    let state = Mutex(State())

    func create(_ request: ReplayRequest) async throws(ServiceError) -> ReplayView {
        try self.change { state throws(ServiceError) in
            if case .subscription(let name) = request.target, !state.subscriptions.contains(name) {
                throw ServiceError(.notFound, "there is no subscription '\(name)'")
            }
            if let index = request.topics.firstIndex(where: { $0.name == "unknown" }) {
                throw ServiceError(
                    .unprocessable, "there is no topic 'unknown'",
                    errors: [.init(pointer: "/topics/\(index)", detail: "there is no such topic")])
            }
            let id = request.dryRun ? "dry-run" : "r\(state.order.count + 1)"
            let view = ReplayView(
                id: id, request: request, status: request.dryRun ? .done : .running, matched: state.matched,
                delivered: 0, failed: 0, createdAt: InMemorySubscriptions.created)
            if !request.dryRun {
                state.views[id] = view
                state.order.append(id)
            }
            return view
        }
    }

    func get(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try self.change { state throws(ServiceError) in try Self.view(id, tenant, state) }
    }

    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<ReplayView> {
        try self.change { state throws(ServiceError) in
            let own = state.order.reversed().compactMap { state.views[$0] }.filter { $0.request.tenant == tenant }
            return try InMemoryPages.page(own, page)
        }
    }

    func pause(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try self.move(id, tenant, from: [.counting, .running, .paused], to: .paused)
    }

    func resume(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try self.move(id, tenant, from: [.running, .paused], to: .running)
    }

    func cancel(_ id: String, tenant: String) async throws(ServiceError) -> ReplayView {
        try self.move(id, tenant, from: [.counting, .running, .paused, .cancelled], to: .cancelled)
    }

    /// What happens when the last event has been sent.
    func finish(_ id: String, delivered: Int64, failed: Int64, error: String? = nil) {
        self.state.withLock { state in
            state.views[id]?.status = error == nil ? .done : .failed
            state.views[id]?.delivered = delivered
            state.views[id]?.failed = failed
            state.views[id]?.error = error
            state.views[id]?.finishedAt = Timestamp(milliseconds: 1_767_225_661_500)
        }
    }

    private func move(
        _ id: String, _ tenant: String, from: Set<ReplayView.Status>, to: ReplayView.Status
    ) throws(ServiceError) -> ReplayView {
        try self.change { state throws(ServiceError) in
            var view = try Self.view(id, tenant, state)
            guard from.contains(view.status) else {
                throw ServiceError(.conflict, "the replay is \(view.status.rawValue)")
            }
            view.status = to
            state.views[id] = view
            return view
        }
    }

    private func change<R: Sendable>(_ body: (inout State) throws(ServiceError) -> R) throws(ServiceError) -> R {
        try self.state.withLock { state throws(ServiceError) in
            if let failure = state.failure { throw failure }
            return try body(&state)
        }
    }

    private static func view(_ id: String, _ tenant: String, _ state: State) throws(ServiceError) -> ReplayView {
        guard let view = state.views[id], view.request.tenant == tenant else {
            throw ServiceError(.notFound, "there is no such replay")
        }
        return view
    }
}
