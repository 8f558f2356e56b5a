import EventLog
import RouterTestKit
import Testing

@testable import EventIndexProjection

/// What an index that is fed through the seam finds, and how it keeps up.
struct LogEventIndexTests {
    @Test(arguments: EventIndexContract.all)
    func itKeepsTheContractOfAnIndex(check: EventIndexContract.Check) async throws {
        try await withProjection { try await check.run($0.subject) }
    }

    @Test(arguments: EventIndexContract.all)
    func theLogInMemoryKeepsTheContractOfAnIndex(check: EventIndexContract.Check) async throws {
        let log = InMemoryEventLog()
        try await check.run(
            EventIndexContractSubject(log: log, index: log, catchUp: {}, sweep: { log.sweep(now: $0) }))
    }

    /// All entries are next to each other and in one order only, so that it is the other half that tells them apart.
    @Test(arguments: EventIndexContract.all)
    func valuesThatShareTheHalfThatIsLookedUpByAreToldApart(check: EventIndexContract.Check) async throws {
        let makeHasher: @Sendable (RecordHasher.Key) -> RecordHasher = { key in
            let hash = SipHash128(key0: key.first, key1: key.second)
            return RecordHasher(headers: ["ce_id", "ce_correlationid"]) { bytes in
                IndexHash(first: UInt64(bytes.count % 2), second: hash.hash(bytes).second)
            }
        }
        try await withProjection(makeHasher: makeHasher) { try await check.run($0.subject) }
    }

    @Test func itsLagCountsWhatIsNotIndexed() async throws {
        try await withProjection { projected in
            let topic = try await projected.subject.topic("a", partitions: 2)
            #expect(projected.index.lag == 0)
            try await projected.append(topic, 0..<300)
            try await projected.append(topic, 0..<200, partition: 1)
            _ = await projected.index.work()
            #expect(projected.index.lag == 500, "few, and not waiting for long")
            try await projected.index.catchUp()
            #expect(projected.index.lag == 0)
            try await projected.append(topic, 0..<7)
            #expect(projected.index.lag == 0, "nobody has looked")
            _ = try await projected.subject.offsets("ce_id", "x", in: topic)
            #expect(projected.index.lag == 7, "a lookup has")
        }
    }

    @Test func aLongBacklogIsTakenInBoundedSteps() async throws {
        try await withProjection(configure: { $0.interval = .milliseconds(1) }) { projected in
            let topic = try await projected.subject.topic("a", partitions: 2)
            for round in 0..<10 {
                for partition in [Int32(0), 1] {
                    try await projected.append(topic, round * 3_000..<(round + 1) * 3_000, partition: partition)
                }
            }
            var lags: [Int64] = []
            while lags.last != 0 {
                let rest = await projected.index.work()
                #expect(rest > .zero, "it leaves the machine to others after each step")
                lags.append(projected.index.lag)
            }
            #expect(lags == [43_616, 27_232, 10_848, 0])
            #expect(try await projected.subject.offsets("ce_id", "31", in: topic) == [31, 31])
        }
    }

    @Test func aRecordTakesNoMoreBytesOfTheFileThanIsSaid() async throws {
        try await withDirectory { directory in
            let log = InMemoryEventLog()
            try await withProjection(in: directory, of: log) { projected in
                let topic = try await projected.subject.topic("a")
                for round in 0..<10 {
                    _ = try await log.append(
                        (0..<10_000).map {
                            .event(topic, id: "\(round)-\($0)", correlation: "\(round)/\($0)", value: nil)
                        })
                    try await projected.index.catchUp()
                }
            }
            let file = TestFile(directory, "index.db")
            let pages = try file.number("PRAGMA page_count") - file.number("PRAGMA freelist_count")
            let bytes = try pages * file.number("PRAGMA page_size")
            #expect(bytes / 100_000 <= 54)
        }
    }

    @Test func manySmallStepsMakeFewRuns() async throws {
        try await withDirectory { directory in
            let log = InMemoryEventLog()
            try await withProjection(in: directory, of: log) { projected in
                let topic = try await projected.subject.topic("a")
                for round in 0..<500 {
                    try await projected.append(topic, 0..<(1 + round % 7), correlation: "c")
                    try await projected.index.catchUp()
                }
                let found = try await projected.subject.offsets("ce_correlationid", "c", in: topic, limit: 5_000)
                #expect(found.count == 1_994)
            }
            let file = TestFile(directory, "index.db")
            #expect(try file.number("SELECT count(*) FROM run") <= 12)
            #expect(try file.number("SELECT sum(entries) FROM run") == 2 * 1_994)
        }
    }

    @Test func aTopicThatIsNotFollowedIsSearchedToo() async throws {
        try await withProjection(configure: { $0.topics = [] }) { projected in
            let topic = try await projected.subject.topic("a")
            try await projected.append(topic, 0..<10)
            try await projected.index.catchUp()
            #expect(projected.index.lag == 0)
            #expect(try await projected.subject.offsets("ce_id", "4", in: topic) == [4])
        }
    }

    @Test func whatCompactionTookIsNotFound() async throws {
        let log = InMemoryEventLog()
        try await withProjection(of: log) { projected in
            let topic = Topic("a")
            try await log.createTopic(TopicSpecification(topic: topic, partitions: 1, isCompacted: true))
            _ = try await log.append((0..<50).map { .event(topic, id: "x", key: "k\($0 % 5)") })
            try await projected.index.catchUp()
            log.sweep(now: Timestamp(milliseconds: 2_000))
            #expect(try await projected.subject.offsets("ce_id", "x", in: topic) == [49, 48, 47, 46, 45])
        }
    }

    /// Looked for while everything changes: nothing that was there before a lookup began is ever missing.
    @Test(.timeLimit(.minutes(1)))
    func lookupsMissNothingWhileItIsIndexed() async throws {
        try await withProjection(configure: { $0.interval = .milliseconds(1) }) { projected in
            let topic = try await projected.subject.topic("a", partitions: 3)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        try await projected.index.catchUp()
                        await Task.yield()
                    }
                }
                for round in 0..<60 {
                    try await projected.append(topic, 0..<97, partition: Int32(round % 3), correlation: "c\(round % 2)")
                    let found = try await projected.subject.find("ce_id", "5", in: [topic], limit: 1_000)
                    #expect(found.count == round + 1)
                    #expect(Set(found).count == found.count)
                    let odd = try await projected.subject.find("ce_correlationid", "c1", in: [topic], limit: 10_000)
                    #expect(odd.count == (round + 1) / 2 * 97)
                }
                group.cancelAll()
                // Ends with an error where it was cancelled inside a call.
                try? await group.waitForAll()
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aSearchThatIsCancelledSaysSo() async throws {
        try await withProjection { projected in
            let topic = try await projected.subject.topic("a")
            try await projected.append(topic, 0..<100)
            projected.log.setFault(.hangs, on: .fetch)
            let outcome = await withTaskGroup(of: EventLogError.Code?.self) { group in
                group.addTask {
                    do {
                        _ = try await projected.subject.offsets("ce_id", "5", in: topic)
                        return nil
                    } catch { return (error as? EventLogError)?.code }
                }
                while projected.log.waiting == 0 { await Task.yield() }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(outcome == .unavailable)
            projected.log.setFault(nil, on: .fetch)
            #expect(try await projected.subject.offsets("ce_id", "5", in: topic) == [5])
        }
    }

    @Test func aLogThatCannotBeReadIsSaidOnceAndWaitedOut() async throws {
        try await withProjection(configure: { $0.interval = .milliseconds(1) }) { projected in
            let topic = try await projected.subject.topic("a")
            try await projected.append(topic, 0..<5_000)
            projected.log.setFault(.fails(EventLogError(.unavailable, "broker down")), on: .fetch)
            for _ in 0..<3 { #expect(await projected.index.work() >= .seconds(1)) }
            #expect(projected.lines.all.count { $0.hasPrefix("warning") } == 1)
            await #expect(throws: EventLogError.self) {
                _ = try await projected.subject.offsets("ce_id", "5", in: topic)
            }
            projected.log.setFault(nil, on: .fetch)
            _ = await projected.index.work()
            #expect(projected.index.lag == 0)
            #expect(try await projected.subject.offsets("ce_id", "5", in: topic) == [5])
        }
    }

    @Test func aPartitionThatCannotBeReadStopsNoOther() async throws {
        try await withProjection { projected in
            let topic = try await projected.subject.topic("a", partitions: 3)
            for partition in 0..<Int32(3) { try await projected.append(topic, 0..<3_000, partition: partition) }
            projected.log.setFault(.fails(EventLogError(.unavailable, "no leader")), on: .fetch, times: 1)
            _ = await projected.index.work()
            #expect(projected.index.lag == 3_000)
            #expect(projected.lines.all.count { $0.hasPrefix("warning") } == 1)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func runIndexesByItselfAndEndsWhenItIsCancelled() async throws {
        try await withProjection(configure: { $0.interval = .milliseconds(1) }) { projected in
            let topic = try await projected.subject.topic("a")
            try await projected.append(topic, 0..<5_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await projected.index.run() }
                _ = try await projected.subject.offsets("ce_id", "5", in: topic)
                while projected.index.store?.progress.values.map(\.next).max() != 5_000 { await Task.yield() }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(try await projected.subject.offsets("ce_id", "4999", in: topic) == [4_999])
        }
    }

    @Test func aClosedIndexSaysSo() async throws {
        try await withProjection { projected in
            let topic = try await projected.subject.topic("a")
            await projected.index.close()
            let error = await #expect(throws: EventLogError.self) {
                _ = try await projected.subject.offsets("ce_id", "x", in: topic)
            }
            #expect(error?.code == .closed)
        }
    }
}
