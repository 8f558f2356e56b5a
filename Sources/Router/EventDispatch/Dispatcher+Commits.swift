import Delivery
import EventLog
import Logging

extension Dispatcher {
    /// How long a change waits for a commit of before, in milliseconds.
    private static var commitWaitMillisecondsMax: Int64 { 10_000 }

    /// Commits what is settled and read, and returns when all that was so before the call is durable. Waits for a
    /// commit that is under way.
    /// - Throws: ``EventLogError`` where it could not be stored.
    func recordPositions() async throws(EventLogError) {
        while true {
            try await self.commitUnderWay()
            let (isUnderWay, plan) = self.core.step { state, _ in
                state.machine.isCommitting ? (true, nil) : (false, state.machine.planCommit())
            }
            if isUnderWay { continue }
            if let plan { try await self.carryOut(plan) }
            return
        }
    }

    /// Returns when no commit is under way.
    /// - Throws: ``EventLogError`` where that takes too long, or the task is cancelled.
    func commitUnderWay() async throws(EventLogError) {
        let deadline = DispatchClock.monotonicMilliseconds + Self.commitWaitMillisecondsMax
        while self.core.look({ $0.machine.isCommitting }) {
            guard DispatchClock.monotonicMilliseconds < deadline, !Task.isCancelled else {
                throw EventLogError(.unavailable, "positions are still being stored")
            }
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Commits a plan, and tells the machine what came of it.
    func carryOut(_ plan: CommitPlan) async throws(EventLogError) {
        do {
            try await self.log.commit(plan.commits)
            self.core.step { state, _ in state.machine.commitFinished(plan, succeeded: true) }
        } catch {
            self.observer.commitFailed()
            self.core.step { state, _ in state.machine.commitFinished(plan, succeeded: false) }
            throw error
        }
    }
}
