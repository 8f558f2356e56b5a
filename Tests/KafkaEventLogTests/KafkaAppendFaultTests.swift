import BrokerTraits
import EventLog
import KafkaEventLog
import KafkaTestKit
import ProcessKit
import Testing

/// What becomes of appends when brokers refuse, move or go.
@Suite(.needs(.mockCluster, to: .faults))
struct KafkaAppendFaultTests {
    /// LEADER_NOT_AVAILABLE, NOT_LEADER, REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND.
    @Test(arguments: [5, 6, 7, 19, 20])
    func whatMayGoBetterIsTriedAgain(code: Int) async throws {
        try await ClusterLog.with { world in
            try await world.append(["before"])
            try await world.cluster.fail(.produce, code: code, count: 3)
            try await world.append(["after"])
            #expect(try await world.texts() == ["before", "after"])
        }
    }

    /// What each refusal for good is called.
    @Test(arguments: [
        (10, EventLogError.Code.tooLarge), (18, .tooLarge), (87, .corruptRecord), (44, .invalidTopic),
    ])
    func aRefusalForGoodIsToldAndTheNextRecordGoesThrough(code: Int, expected: EventLogError.Code) async throws {
        try await ClusterLog.with { world in
            try await world.append(["before"])
            try await world.cluster.fail(.produce, code: code)
            let error = await #expect(throws: EventLogError.self) { try await world.append(["refused"]) }
            #expect(error?.code == expected)
            try await world.append(["after"])
            #expect(try await world.texts() == ["before", "after"])
        }
    }

    /// TOPIC_AUTHORIZATION_FAILED.
    @Test func aPrincipalWithoutTheRightIsToldSo() async throws {
        try await ClusterLog.with { world in
            try await world.append(["before"])
            try await world.cluster.fail(.produce, code: 29)
            let error = await #expect(throws: EventLogError.self) { try await world.append(["refused"]) }
            #expect(error?.code == .unavailable)
            #expect(error?.isForbidden == true)
            #expect(error?.description.contains("give the principal the right to the topic") == true)
        }
    }

    /// INVALID_PRODUCER_EPOCH, PRODUCER_FENCED: to librdkafka no fatal errors, and yet nothing goes through any more.
    @Test(arguments: [47, 90])
    func aProducerThatTheBrokersFenceIsReplaced(code: Int) async throws {
        try await ClusterLog.with { world in
            try await world.append(["before"])
            // Its own tries are over when it gives up.
            try await world.cluster.fail(.produce, code: code, count: 1)
            let error = await #expect(throws: EventLogError.self) { try await world.append(["refused"]) }
            #expect(error?.code == .unavailable)
            for number in 0..<3 { try await world.append(["after \(number)"]) }
            #expect(try await world.texts() == ["before", "after 0", "after 1", "after 2"])
        }
    }

    /// DUPLICATE_SEQUENCE_NUMBER, which librdkafka takes for a success: who said it may not have the record.
    @Test func whatBrokersCallADoubleIsNotTakenForAccepted() async throws {
        try await ClusterLog.with { world in
            try await world.append(["before"])
            try await world.cluster.fail(.produce, code: 46)
            let error = await #expect(throws: EventLogError.self) { try await world.append(["double"]) }
            #expect(error?.code == .unavailable)
            #expect(error?.description.contains("send it again") == true)
            try await world.append(["after"])
            #expect(try await world.texts() == ["before", "after"])
        }
    }

    @Test func leadersThatMoveLoseNothingAndKeepTheOrder() async throws {
        try await ClusterLog.with { world in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<200 { try await world.append(["\(number)"]) }
                }
                for round in 0..<10 {
                    try await world.cluster.setLeader(
                        ofTopic: world.topic.name, partition: 0, broker: round % 3 + 1)
                    try await Task.sleep(for: .milliseconds(30))
                }
                try await group.waitForAll()
            }
            // Who reads may not have heard of the last leader yet.
            try await eventually("all can be read in order") {
                (try? await world.texts()) == (0..<200).map { "\($0)" }
            }
        }
    }

    @Test func aBrokerThatGoesAndComesBackLosesNothing() async throws {
        try await ClusterLog.with(partitions: 3) { world in
            for number in 0..<3 { try await world.append(["a"], partition: Int32(number)) }
            try await world.cluster.takeDown(broker: 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<3 { group.addTask { try await world.append(["b"], partition: Int32(number)) } }
                try await Task.sleep(for: .milliseconds(500))
                try await world.cluster.bringUp(broker: 1)
                try await group.waitForAll()
            }
            for number in 0..<3 { #expect(try await world.texts(Int32(number)) == ["a", "b"]) }
        }
    }

    @Test func aPartitionWithoutALeaderHoldsUpNoOtherLotOfTheCall() async throws {
        try await ClusterLog.with(partitions: 2) { world in
            for partition in 0..<2 {
                try await world.cluster.setLeader(
                    ofTopic: world.topic.name, partition: partition, broker: partition + 1)
                try await eventually("partition \(partition) can be written") {
                    (try? await world.append(["before"], partition: Int32(partition))) != nil
                }
            }
            try await world.cluster.takeDown(broker: 1)
            let (outcomes, told) = AsyncStream<LotOutcome>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let lots = (0..<2).map { [ClusterLog.record(world.place($0), "after")] }
                    await world.log.appendEach(lots) { for outcome in $0 { told.yield(outcome) } }
                }
                var iterator = outcomes.makeAsyncIterator()
                let first = await iterator.next()
                #expect(first?.index == 1)
                #expect((try? first?.result.get().map(\.offset)) == [Offset(1)])
                try await world.cluster.bringUp(broker: 1)
                let second = await iterator.next()
                #expect(second?.index == 0)
                #expect((try? second?.result.get().map(\.offset)) == [Offset(1)])
                try await group.waitForAll()
            }
        }
    }

    @Test func withoutBrokersAnAppendFailsAndLaterOnesSucceed() async throws {
        try await ClusterLog.with {
            $0.deliveryTimeoutMilliseconds = 2_000
        } _: { world in
            try await world.append(["before"])
            for broker in 1...3 { try await world.cluster.takeDown(broker: broker) }
            let error = await #expect(throws: EventLogError.self) { try await world.append(["lost"]) }
            #expect(error?.code == .unavailable)
            #expect(error?.description.contains("look whether the brokers run and can be reached") == true)
            for broker in 1...3 { try await world.cluster.bringUp(broker: broker) }
            try await world.append(["after"])
            try await eventually("both records can be read") {
                (try? await world.texts()) == ["before", "after"]
            }
        }
    }

    @Test func whatDoesNotFitTheQueueIsRefusedAtOnce() async throws {
        try await ClusterLog.with {
            $0.queueRecordsMax = 10
        } _: { world in
            try await world.append(["first"])
            for broker in 1...3 { try await world.cluster.setDelay(ofBroker: broker, milliseconds: 1_000) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await world.append((0..<10).map { "\($0)" }) }
                while world.log.statistics.queuedRecords < 10 { try await Task.sleep(for: .milliseconds(5)) }
                let start = ContinuousClock.now
                let error = await #expect(throws: EventLogError.self) { try await world.append(["too many"]) }
                #expect(error?.code == .overloaded)
                #expect(start.duration(to: .now) < .milliseconds(500))
                try await group.waitForAll()
            }
            for broker in 1...3 { try await world.cluster.setDelay(ofBroker: broker, milliseconds: 0) }
            #expect(try await world.texts().count == 11)
        }
    }

    @Test func closingWaitsForWhatIsUnderWay() async throws {
        try await ClusterLog.with { world in
            try await world.append(["first"])
            for broker in 1...3 { try await world.cluster.setDelay(ofBroker: broker, milliseconds: 300) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<5 { group.addTask { try await world.append(["\(number)"]) } }
                while world.log.statistics.queuedRecords < 5 { try await Task.sleep(for: .milliseconds(5)) }
                await world.log.close()
                try await group.waitForAll()
            }
            let error = await #expect(throws: EventLogError.self) { try await world.append(["late"]) }
            #expect(error?.code == .closed)
        }
    }
}
