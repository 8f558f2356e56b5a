import EventLog
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Webhooks

extension WebhookSpool {
    /// A delivery from the disk.
    private struct Lot: Sendable {
        var number: Int64
        var delivery: SpooledDelivery
    }

    /// Brings what is on the disk into the log, until graceful shutdown; then closes the disk.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await self.drain()
            } onCancel: {
                self.change { $0.isStopped = true }
            }
        } onGracefulShutdown: {
            self.change { $0.isStopped = true }
        }
        await self.store.close()
    }

    private func drain() async {
        await withDiscardingTaskGroup { group in
            while let step = self.nextStep() {
                switch step {
                case .append(let numbers): group.addTask { await self.append(numbers) }
                case .remove(let numbers): group.addTask { await self.remove(numbers) }
                case .wait(let until): await self.pause(until: until)
                case .rest: await self.pause(until: nil)
                }
            }
        }
    }

    private func nextStep() -> SpoolMachine.Step? {
        let now = self.pauseClock()
        return self.state.withLock { state in
            state.isDirty = false
            return state.isStopped ? nil : state.machine.next(now: now)
        }
    }

    /// Until something changes, or until then.
    private func pause(until: Int64?) async {
        let timer = until.map { until in
            let time = TimeAmount.milliseconds(max(1, until - self.pauseClock()))
            return self.eventLoop.scheduleTask(in: time) { self.change { _ in } }
        }
        await withCheckedContinuation { continuation in
            let mustWait = self.state.withLock { state in
                if !state.isDirty { state.waiting = continuation }
                return !state.isDirty
            }
            if !mustWait { continuation.resume() }
        }
        timer?.cancel()
    }

    // MARK: Into the log

    private func append(_ numbers: [Int64]) async {
        let lots: [Lot]
        do throws(EventLogError) {
            lots = try await self.read(numbers)
        } catch {
            return self.failed(numbers, error)
        }
        guard !lots.isEmpty else { return }
        if self.writer.appendsAtomically {
            if let error = await self.appendTogether(lots[...]) { self.failed(lots.map(\.number), error) }
        } else {
            await self.appendEach(lots)
        }
    }

    /// What is to be appended of these. The others are in the log already, or cannot be read.
    private func read(_ numbers: [Int64]) async throws(EventLogError) -> [Lot] {
        let found = try await self.store.read(numbers)
        var lots: [Lot] = []
        for number in numbers {
            guard let delivery = found[number].flatMap({ SpooledDelivery($0) }) else {
                await self.setAside(number, nil, "it cannot be read")
                continue
            }
            if let marker = delivery.marker, self.deliveries.isInLog(marker) {
                self.change { state in
                    state.done[number] = Done(marker: marker, isWritten: true)
                    state.machine.appended(number, isDuplicate: true)
                }
                continue
            }
            lots.append(Lot(number: number, delivery: delivery))
        }
        return lots
    }

    /// All of them with their markers, or nothing.
    /// - Returns: why they are to be tried again, where they are.
    private func appendTogether(_ lots: ArraySlice<Lot>) async -> EventLogError? {
        let records = lots.flatMap { lot in
            lot.delivery.records + (lot.delivery.marker.map { [self.record(of: $0, lot.delivery.arrival)] } ?? [])
        }
        do throws(EventLogError) {
            _ = try await self.writer.append(records)
            self.appended(Array(lots), areMarked: true)
        } catch {
            guard error.isFinal else { return error }
            guard lots.count > 1, let only = lots.indices.first else {
                for lot in lots { await self.setAside(lot.number, lot.delivery.marker, error.message) }
                return nil
            }
            // One of them is in the way of the others. What comes after one that has to wait waits behind it.
            for index in only..<lots.endIndex {
                guard let error = await self.appendTogether(lots[index...index]) else { continue }
                self.failed(lots[index...].map(\.number), error)
                return nil
            }
        }
        return nil
    }

    /// Each by itself, all at the same time; markers follow when they are removed.
    private func appendEach(_ lots: [Lot]) async {
        let refused = Mutex<[(lot: Lot, reason: String)]>([])
        await self.writer.appendEach(lots.map(\.delivery.records)) { outcomes in
            var (appended, failed): ([Lot], [Int64]) = ([], [])
            var failure: EventLogError?
            for outcome in outcomes {
                let lot = lots[outcome.index]
                switch outcome.result {
                case .success: appended.append(lot)
                case .failure(let error) where error.isFinal:
                    refused.withLock { $0.append((lot, error.message)) }
                case .failure(let error):
                    failed.append(lot.number)
                    failure = error
                }
            }
            if let failure { self.failed(failed, failure) }
            if !appended.isEmpty { self.appended(appended, areMarked: false) }
        }
        for one in refused.withLock({ $0 }) {
            await self.setAside(one.lot.number, one.lot.delivery.marker, one.reason)
        }
    }

    private func appended(_ lots: [Lot], areMarked: Bool) {
        self.change { state in
            for lot in lots {
                if let marker = lot.delivery.marker {
                    state.done[lot.number] = Done(marker: marker, isWritten: areMarked)
                }
                state.machine.appended(lot.number)
            }
        }
    }

    private func failed(_ numbers: [Int64], _ error: EventLogError) {
        let now = self.pauseClock()
        self.change { $0.machine.failed(numbers, isAway: error.isPassing, now: now, jitter: Self.jitter) }
        self.logger.debug("webhooks wait on the disk for the log", metadata: ["reason": "\(error)"])
    }

    private func setAside(_ number: Int64, _ marker: DeliveryMarker?, _ reason: String) async {
        self.logger.error(
            "a webhook on the disk does not get into the log, and is set aside",
            metadata: ["number": "\(number)", "reason": "\(reason)"])
        do throws(EventLogError) {
            try await self.store.setAside(number, reason: reason)
        } catch {
            self.logger.error("it stays where it is, and is tried again by the next start: \(error.message)")
        }
        self.change { $0.machine.setAside(number) }
        if let marker { self.deliveries.drained(marker) }
    }

    // MARK: Off the disk

    private func remove(_ numbers: [Int64]) async {
        let done = self.state.withLock { state in numbers.compactMap { state.done[$0] } }
        let unwritten = done.filter { !$0.isWritten }
        if !unwritten.isEmpty {
            // The events are there: a delivery that cannot be remembered comes twice at worst.
            let now = self.clock()
            _ = try? await self.writer.append(unwritten.map { self.record(of: $0.marker, now) })
        }
        do throws(EventLogError) {
            try await self.store.remove(numbers)
        } catch {
            let now = self.pauseClock()
            self.change { state in
                for number in numbers { state.done[number]?.isWritten = true }
                state.machine.notRemoved(numbers, now: now, jitter: Self.jitter)
            }
            return self.tell(now) { $0.error("webhooks that are in the log stay on the disk: \(error.message)") }
        }
        for one in done { self.deliveries.drained(one.marker) }
        let figures = self.change { state in
            for number in numbers { state.done[number] = nil }
            state.machine.removed(numbers)
            return state.machine.figures
        }
        if figures.deliveries == 0 {
            self.tell(self.pauseClock()) {
                $0.info("all webhooks from the disk are in the log", metadata: ["drained": "\(figures.drained)"])
            }
        }
    }

    private func record(of marker: DeliveryMarker, _ arrival: Timestamp) -> ProducerRecord {
        ProducerRecord(
            topic: self.deliveryTopic, partition: Partition(0),
            record: LogRecord(key: nil, value: marker.bytes, timestamp: arrival))
    }
}

extension EventLogError {
    /// Whether the log may take the same records later.
    var isPassing: Bool { self.code == .unavailable || self.code == .overloaded || self.code == .full }

    /// Whether the log never takes these records.
    fileprivate var isFinal: Bool {
        self.code == .tooLarge || self.code == .corruptRecord || self.code == .invalidTopic
    }
}
