import EventLog
import Subscriptions
import Testing

@testable import Delivery

@Suite struct CommitTests {
    @Test func theTailWaitsForTheLowestUnsettledOfWhoIsAttached() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.add("b", origin: "http://b")
        recorder.publish(5)
        while recorder.attempts.contains(where: { $0.subscription.name == "a" }) { recorder.answer(for: "a") }
        for offset: Int64 in [0, 1, 3] { recorder.answer(for: "b", at: offset) }
        recorder.commit()
        #expect(recorder.committedTail() == 2)
        recorder.settleAll()
        recorder.commit()
        #expect(recorder.committedTail() == 5)
        let further = recorder.commit()
        #expect(further.isEmpty, "nothing has changed")
    }

    @Test func aHoldKeepsTheTailsCommitWhereTheTailStoodWhenItBegan() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(3)
        let hold = recorder.machine.holdTails()
        recorder.publish(4)
        recorder.settleAll()
        recorder.commit()
        #expect(recorder.committedTail() == 3)
        recorder.machine.releaseTails(hold)
        recorder.commit()
        #expect(recorder.committedTail() == 7)
    }

    @Test func nothingSettledIsSentAgainAfterARestart() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(6)
        for offset: Int64 in [1, 2, 4] { recorder.answer(at: offset) }
        recorder.commit()
        var other = recorder.restarted(MachineRecorder.specification("a"))
        other.readTail()
        other.settleAll()
        #expect(other.sent["a"]?.sorted() == [0, 3, 5])
    }

    @Test func whoLeavesIsWaitedForUntilThatIsDurable() {
        var recorder = MachineRecorder { $0.windowEventsMax = 4 }
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.publish(10, key: "k")
        let first = recorder.commit(fails: true)
        #expect(first.count == 1, "the tail stays where it is")
        #expect(recorder.cursor("slow") == nil)
        recorder.commit()
        #expect(recorder.cursor("slow")?.isDetached == true)
        #expect(recorder.cursor("slow")?.unsettled == [0, 1, 2, 3])
        #expect(recorder.committedTail() == nil)
        recorder.commit()
        #expect(recorder.committedTail() == 10)
    }

    @Test func whoHasComeBackIsWaitedForAgain() {
        var recorder = MachineRecorder { $0.windowEventsMax = 4 }
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.publish(10, key: "k")
        recorder.commit()
        recorder.commit()
        recorder.settleAll()
        recorder.commit()
        #expect(recorder.cursor("slow")?.isDetached == false)
        recorder.publish(3, key: "k")
        recorder.answer()
        recorder.commit()
        #expect(recorder.committedTail() == 11)
    }

    @Test func oneStuckEventDoesNotHoldTheTailBeyondTheLag() {
        var recorder = MachineRecorder { $0.commitLagMax = 10 }
        recorder.add("stuck")
        recorder.add("quick", origin: "http://quick")
        recorder.publish(1, key: "stuck", to: ["stuck"])
        recorder.answer(.retry(afterMilliseconds: 3_600_000), status: 503)
        recorder.publish(10)
        while !recorder.attempts.isEmpty { recorder.answer() }
        recorder.commit()
        #expect(recorder.committedTail() == nil, "within the lag it waits")
        recorder.publish(10, to: ["quick"])
        recorder.settleAll()
        recorder.commit()
        recorder.commit()
        #expect(recorder.committedTail() == 21)
        #expect(recorder.cursor("stuck")?.isDetached == true)
        #expect(recorder.cursor("stuck")?.unsettled.first == 0)
        #expect(recorder.standing("stuck")?.isCatchingUp == false, "in memory it stays with the tail")
    }

    @Test(arguments: 0...2)
    func aCommitWhoseOutcomeIsUnknownIsNeitherBuiltOnNorForgotten(durable: Int) {
        var recorder = MachineRecorder { $0.windowEventsMax = 4 }
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.publish(6, key: "k")
        recorder.answer()
        recorder.commit(fails: true, durable: durable)
        var other = recorder.restarted(MachineRecorder.specification("slow"))
        other.readTail()
        other.settleAll()
        #expect(other.sent["slow"] == Array((durable > 0 ? 1 : 0)..<6))
        // The process that got no answer goes on.
        recorder.settleAll()
        recorder.commit()
        recorder.commit()
        #expect(recorder.committedTail() == 6)
        var third = recorder.restarted(MachineRecorder.specification("slow"))
        third.readTail()
        third.settleAll()
        #expect(third.sent["slow"] == nil)
    }

    @Test func thereIsOnePlanAtATime() throws {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(2)
        recorder.answer(at: 0)
        let planned = recorder.machine.planCommit()
        let plan = try #require(planned)
        #expect(recorder.machine.isCommitting)
        recorder.answer(at: 1)
        let second = recorder.machine.planCommit()
        #expect(second == nil)
        recorder.machine.commitFinished(plan, succeeded: true)
        // What settled meanwhile is still to be committed.
        let commits = recorder.commit()
        #expect(commits.contains { $0.group == GroupName.tail && $0.committed.offset == Offset(2) })
    }

    @Test func anHeirOfAnIDInheritsNoCursor() {
        var recorder = MachineRecorder { $0.windowEventsMax = 4 }
        recorder.add("a") { $0.concurrency = 1 }
        recorder.publish(10, key: "k")
        recorder.commit()
        let old = recorder.cursor("a")
        let heir = MachineRecorder.specification("a", generation: "g2")
        if let old {
            // Even under its own name it would not be taken.
            recorder.store(
                GroupCommit(
                    group: GroupName.cursor(of: heir.id, generation: "g2"),
                    topicPartition: MachineRecorder.partition(0), committed: old.committed))
        }
        var other = recorder.restarted()
        other.add(heir, starts: [MachineRecorder.partition(0): Offset(8)])
        other.readTail()
        other.settleAll()
        #expect(old?.generation == "g1")
        #expect(other.sent["a"] == [8, 9])
    }

    @Test(arguments: [64, 80, 120, 1_000])
    func aCursorThatIsCutToFitSettlesNothingThatIsNot(bytesMax: Int) {
        let unsettled = (0..<200).map { Int64($0 * $0) }
        let cursor = SubscriptionCursor(
            generation: "g12345678", isDetached: true, position: 50_000, unsettled: unsettled)
        let cut = cursor.fitting(metadataBytesMax: bytesMax)
        #expect(cut.committed.metadata.utf8.count <= bytesMax)
        #expect(SubscriptionCursor(cut.committed) == cut)
        #expect(cut.unsettled == Array(unsettled.prefix(cut.unsettled.count)))
        let firstCut = unsettled.dropFirst(cut.unsettled.count).first ?? 50_000
        #expect(cut.position <= firstCut)
        #expect(cut.position > cut.unsettled.last ?? -1)
    }

    @Test func aCursorThatFitsIsNotCut() {
        let cursor = SubscriptionCursor(generation: "g", isDetached: true, position: 9, unsettled: [1, 5])
        #expect(cursor.fitting(metadataBytesMax: 64) == cursor)
    }
}
