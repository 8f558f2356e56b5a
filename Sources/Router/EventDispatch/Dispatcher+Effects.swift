import Delivery
import EventLog
import Logging
import Subscriptions
import Synchronization

extension Dispatcher {
    /// Does one thing that the machine wants done, and tells it what came of it.
    func perform(_ effect: DeliveryEffect) async {
        switch effect {
        case .send(let attempt): await self.send(attempt)
        case .fetch(let fetch): await self.catchUp(fetch)
        case .writeDeadLetter(let write): await self.deadLetter(write)
        case .suspended(let id, _, let reason):
            self.logger.warning(
                "a subscription is suspended", metadata: .subscription(id, ["reason": "\(reason)"]))
            await self.tellListeners(effect)
        case .replayCompleted: await self.tellListeners(effect)
        case .rangeLost(let id, let topicPartition, let from, let to):
            self.logger.error(
                "retention took records before a subscription had read them",
                metadata: .subscription(
                    id, ["partition": "\(topicPartition)", "from": "\(from)", "to": "\(to)"]))
            self.observer.rangeLost(records: max(0, to.value - from.value))
            await self.tellListeners(effect)
        }
    }

    private func tellListeners(_ effect: DeliveryEffect) async {
        for listener in self.listeners.withLock({ $0 }) { await listener(effect) }
    }

    /// Makes an attempt; goes on with the next one that its report set free,
    /// so that a busy sink costs no new task each.
    private func send(_ first: DeliveryAttempt) async {
        var next: DeliveryAttempt? = first
        while var attempt = next {
            next = nil
            let span = DeliverySpan.begin(&attempt, self.tracer)
            let report = await self.sink.send(attempt)
            span?.end(report)
            self.observer.attempted(attempt, report)
            self.journal.note(attempt, report)
            var effects = self.core.stepTakingEffects { state, now in
                state.machine.report(attempt.id, report, now: now)
            }
            if let index = effects.firstIndex(where: { if case .send = $0 { true } else { false } }),
                case .send(let following) = effects.remove(at: index)
            {
                next = following
            }
            self.core.hand(over: effects)
        }
    }

    private func deadLetter(_ write: DeadLetterWrite) async {
        if let reason = await self.reserveDeadLetter(ofTenant: write.subscription.tenant) {
            self.observer.deadLetterRefused()
            return self.core.step { state, now in state.machine.deadLetterRefused(write.id, reason: reason, now: now) }
        }
        do {
            try await self.deadLetters.write(write, generation: self.generation(of: write.subscription))
            self.journal.note(write)
            self.observer.deadLettered(write.reason)
            self.core.step { state, now in state.machine.deadLetterWritten(write.id, now: now) }
        } catch {
            self.logger.warning(
                "a dead letter could not be written and is tried again",
                metadata: .subscription(write.subscription, ["error": "\(error)"], of: write.event.event))
            self.observer.deadLetterFailed()
            self.core.step { state, now in state.machine.deadLetterFailed(write.id, now: now) }
        }
    }
}
