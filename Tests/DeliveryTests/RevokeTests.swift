import Delivery
import EventLog
import Subscriptions
import Testing

@Suite struct RevokeTests {
    private let partition = MachineRecorder.partition(0)

    @Test func whatIsInFlightMayReportAndNothingElseIsSent() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.concurrency = 2 }
        recorder.publish(["x", "y", "x", "y", "z"])
        recorder.machine.beginRevoke(self.partition)
        #expect(recorder.machine.isDraining(self.partition))
        recorder.answer(at: 0)
        recorder.answer(.retry(afterMilliseconds: nil), at: 1)
        recorder.pass(60_000)
        #expect(recorder.attempts.isEmpty)
        #expect(!recorder.machine.isDraining(self.partition))
        recorder.commit()
        #expect(recorder.committedTail() == 1)
    }

    @Test func aDeadLetterThatIsBeingWrittenMaySettle() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["x", "x"])
        recorder.answer(.rejected, status: 400)
        recorder.machine.beginRevoke(self.partition)
        #expect(recorder.machine.isDraining(self.partition))
        recorder.writeDeadLetter()
        #expect(!recorder.machine.isDraining(self.partition))
        recorder.commit()
        #expect(recorder.committedTail() == 1)
    }

    @Test func aLateReportChangesNothing() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["x", "x"])
        let late = recorder.attempts.removeFirst()
        recorder.machine.beginRevoke(self.partition)
        recorder.machine.finishRevoke(self.partition)
        #expect(recorder.standing("a")?.heldEvents == 0)
        recorder.assign(0)
        recorder.readTail()
        #expect(recorder.pendingOffsets == [0])
        recorder.report(late, .delivered)
        #expect(recorder.pendingOffsets == [0], "the new attempt is still the one that counts")
        #expect(recorder.standing("a")?.heldEvents == 2)
        recorder.settleAll()
        #expect(recorder.sent["a"] == [0, 0, 1])
    }

    @Test func aLateReportOfARemovedSubscriptionOnlyFreesItsPlace() {
        var recorder = MachineRecorder { $0.inFlightMax = 1 }
        recorder.add("a")
        recorder.publish(["x", "x"])
        let late = recorder.attempts.removeFirst()
        recorder.remove("a")
        recorder.add(MachineRecorder.specification("a", generation: "g2"))
        recorder.publish(["x"])
        #expect(recorder.attempts.isEmpty)
        recorder.report(late, .gone)
        #expect(recorder.suspended.isEmpty)
        #expect(recorder.pendingOffsets == [2])
    }

    @Test func anotherPartitionGoesOn() {
        var recorder = MachineRecorder(partitions: 2)
        recorder.add("a")
        recorder.publish(["x"], partition: 0)
        recorder.machine.beginRevoke(self.partition)
        recorder.machine.finishRevoke(self.partition)
        recorder.publish(["x"], partition: 1)
        #expect(recorder.attempts.count == 2)
        #expect(recorder.standing("a")?.heldEvents == 1)
    }

    @Test func aProcessThatEndsSendsNothingMore() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.concurrency = 1 }
        recorder.publish(["x", "x"])
        recorder.machine.stopSending()
        recorder.answer()
        recorder.pass(1_000)
        #expect(recorder.attempts.isEmpty)
        #expect(recorder.machine.isQuiet)
        recorder.commit()
        #expect(recorder.committedTail() == 1)
    }

    @Test func whatWasReadForAnEarlierAssignmentIsIgnored() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["x"])
        recorder.publish(["x", "x"], isRead: false)
        let event = recorder.log[0][2].event
        recorder.machine.finishRevoke(self.partition)
        #expect(recorder.machine.tailPosition(of: self.partition) == nil)
        recorder.assign(0)
        // It would pass over what lies between.
        recorder.machine.tail(
            TailBatch(
                topicPartition: self.partition, matches: [.init(event: event, slots: [0])], from: Offset(2),
                next: Offset(3)), now: 0)
        #expect(recorder.machine.tailPosition(of: self.partition) == Offset(0))
        recorder.readTail()
        recorder.settleAll()
        #expect(recorder.sent["a"] == [0, 0, 1, 2])
    }

    @Test func aReadOfAnEarlierAssignmentDoesNotStandForTheOneOfNow() {
        var recorder = MachineRecorder { $0.windowEventsMax = 16 }
        recorder.add("a")
        recorder.publish(40, key: "x")
        recorder.settleAll()
        recorder.commit()
        recorder.publish(40, key: "x")
        while recorder.fetches.isEmpty, !recorder.attempts.isEmpty { recorder.answer() }
        let late = recorder.fetches.removeFirst()
        recorder.commit()
        recorder.machine.finishRevoke(self.partition)
        recorder.attempts = []
        recorder.assign(0)
        let begun = recorder.fetches.count
        recorder.machine.fetched(late, events: [], next: Offset(80), now: 0)
        recorder.take()
        #expect(recorder.fetches.count == begun, "nothing is read twice at once")
        recorder.readTail()
        recorder.serveFetches()
        recorder.settleAll()
        #expect(Set(recorder.sent["a"] ?? []) == Set(0..<80))
    }

    @Test func aCommitThatEndsAfterItsPartitionHasComeBackSaysNothingAboutIt() throws {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["x", "x"])
        recorder.settleAll()
        let planned = recorder.machine.planCommit()
        let plan = try #require(planned)
        recorder.machine.finishRevoke(self.partition)
        recorder.assign(0)
        recorder.machine.commitFinished(plan, succeeded: true)
        recorder.readTail()
        recorder.settleAll()
        #expect(recorder.sent["a"] == [0, 1, 0, 1])
        #expect(recorder.commit().contains { $0.group == GroupName.tail && $0.committed.offset == Offset(2) })
    }

    @Test func whatOnlyTheTailHasReadIsCommittedBeforeThePartitionGoes() {
        var recorder = MachineRecorder()
        recorder.publish(["x", "x"])
        recorder.machine.beginRevoke(self.partition)
        recorder.commit()
        #expect(recorder.committedTail() == 2)
    }

    @Test func positionsThatDoNotChangeAreCommittedAgainWhenTheyAreRenewed() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.update(MachineRecorder.specification("a", status: .paused))
        recorder.publish(["x"])
        #expect(recorder.commit().contains { $0.group != GroupName.tail })
        while !recorder.commit().isEmpty {}
        recorder.machine.renewCommits()
        #expect(recorder.commit().contains { $0.group != GroupName.tail })
    }
}
