import Delivery
import EventLog
import Subscriptions
import Synchronization

extension Dispatcher {
    /// Sends, commits and keeps time for the replays that it is given, until the task is cancelled or ``endReplays()``
    /// is called; once per instance. It reads no tail and commits none.
    func sendReplays() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.passTime() }
            group.addTask { await self.commitRegularly() }
            for await effects in self.core.effects {
                for effect in effects { group.addTask { await self.perform(effect) } }
            }
            group.cancelAll()
        }
    }

    /// Lets ``sendReplays()`` end.
    func endReplays() { self.core.finish() }

    /// Sends nothing more of any replay, and forgets them all.
    /// - Parameter committing: waits for attempts and dead letters under way, within
    ///   ``DispatchConfiguration/revokeTimeoutMilliseconds``, and commits what is settled; otherwise nothing is
    ///   committed any more.
    func relinquishReplays(committing: Bool) async {
        let partitions = self.core.step { state, _ in
            let partitions = state.machine.assignedPartitions
            for topicPartition in partitions { state.machine.beginRevoke(topicPartition) }
            return partitions
        }
        if committing {
            await self.drain(partitions)
            await self.commitAll()
        }
        self.core.step { state, now in
            for id in state.machine.subscriptionIDs {
                if let slot = state.machine.slot(of: id) { state.compiled[slot] = nil }
                state.machine.remove(id, now: now)
            }
            for topicPartition in partitions { state.machine.finishRevoke(topicPartition) }
        }
    }

    /// Takes up a replay: a subscription with an end that the tail does not feed. One that is known already stays as it
    /// is.
    func introduceReplay(
        _ specification: DeliverySpecification, compiled: CompiledSubscription, starts: [TopicPartition: Offset],
        cursors: [TopicPartition: SubscriptionCursor]
    ) {
        self.core.step { state, now in
            guard state.machine.slot(of: specification.id) == nil else { return }
            if !self.followsTails {
                for topicPartition in specification.until.keys.sorted()
                where !state.machine.isAssigned(topicPartition) {
                    state.machine.assign(topicPartition, committed: .zero, cursors: { _ in (nil, nil) }, now: now)
                }
            }
            // The filter is in place before the first read can begin: the slot is known only after `add`.
            let slot = state.machine.add(specification, starts: starts, cursors: cursors, now: now)
            state.compiled[slot] = compiled
        }
    }

    /// Puts a changed replay into force, where it is under way.
    func changeReplay(_ specification: DeliverySpecification, compiled: CompiledSubscription) {
        self.core.step { state, now in
            guard let slot = state.machine.slot(of: specification.id) else { return }
            state.compiled[slot] = compiled
            state.machine.update(specification, now: now)
        }
    }

    /// Sends nothing more of a replay; it stays until it is dismissed.
    func holdReplay(_ id: SubscriptionID) {
        self.core.step { state, now in
            guard let slot = state.machine.slot(of: id), var specification = state.machine.specification(at: slot)
            else { return }
            specification.status = .paused
            state.machine.update(specification, now: now)
        }
    }
}
