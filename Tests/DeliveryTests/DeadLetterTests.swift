import Delivery
import EventLog
import Subscriptions
import Testing

@Suite struct DeadLetterTests {
    @Test func aFailedWriteIsTriedAgainAndSettlesNothing() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["k"])
        recorder.answer(.rejected, status: 400)
        for _ in 0..<3 {
            recorder.writeDeadLetter(isWritten: false)
            #expect(recorder.deadLetters.isEmpty)
            recorder.commit()
            #expect(recorder.committedTail() == nil)
            recorder.pass(recorder.limits.internalRetryMilliseconds)
            #expect(recorder.deadLetters.count == 1)
        }
        recorder.writeDeadLetter()
        recorder.commit()
        #expect(recorder.committedTail() == 1)
        #expect(recorder.machine.isQuiet)
    }

    @Test func aWriteIsForgottenWithItsSubscription() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["k"])
        recorder.answer(.rejected, status: 400)
        recorder.writeDeadLetter(isWritten: false)
        recorder.remove("a")
        recorder.pass(10_000)
        #expect(recorder.deadLetters.isEmpty)
        #expect(recorder.machine.isQuiet)
        #expect(recorder.machine.footprint.deadLetterings == 0)
    }

    @Test func everyEventOfABatchThatHasNoAttemptLeftIsGivenUp() {
        var recorder = MachineRecorder()
        recorder.add("a") {
            $0.mode = .batched
            $0.batchMax = 3
            $0.retry.attemptsMax = 2
        }
        recorder.publish(["k", "k", "k"])
        for _ in 0..<2 {
            recorder.answer(.retry(afterMilliseconds: nil), status: 500)
            recorder.pass(1_000)
        }
        for offset in Int64(0)..<3 {
            #expect(recorder.attempts.isEmpty)
            #expect(recorder.deadLetters.map(\.event.position.offset.value) == [offset])
            #expect(recorder.deadLetters.map(\.reason) == [.attemptsExhausted])
            recorder.writeDeadLetter()
        }
        recorder.commit()
        #expect(recorder.committedTail() == 3)
    }

    @Test func oneThatMayNotBeWrittenSuspendsAndLosesNothing() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["k", "k"])
        recorder.answer(.rejected, status: 400)
        recorder.refuseDeadLetter()
        #expect(recorder.suspended == ["a"])
        #expect(recorder.machine.isQuiet)
        recorder.commit()
        #expect(recorder.committedTail() != 2 || recorder.cursor("a")?.isDetached == true)
        recorder.pass(60_000)
        #expect(recorder.deadLetters.isEmpty && recorder.attempts.isEmpty)
        // Whoever resumes it has it tried once more; then it is given up again.
        recorder.update(MachineRecorder.specification("a"))
        recorder.serveFetches()
        #expect(recorder.sent["a"] == [0, 0])
        recorder.answer(.rejected, status: 400)
        recorder.writeDeadLetter()
        recorder.settleAll()
        #expect(recorder.sent["a"] == [0, 0, 1])
        #expect(recorder.machine.isQuiet)
    }

    @Test func itIsAllTheSameAfterARestart() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["k", "k"])
        recorder.answer(.rejected, status: 400)
        recorder.refuseDeadLetter()
        recorder.commit()
        var restarted = recorder.restarted(MachineRecorder.specification("a"))
        restarted.serveFetches()
        restarted.settleAll()
        #expect(restarted.sent["a"] == [0, 1])
    }

    @Test func severalThatMayNotBeWrittenAllWait() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["k", "l", "m"])
        for _ in 0..<3 { recorder.answer(.rejected, status: 400) }
        for _ in 0..<3 { recorder.refuseDeadLetter() }
        #expect(recorder.suspended == ["a"])
        recorder.pass(60_000)
        #expect(recorder.deadLetters.isEmpty && recorder.attempts.isEmpty)
        recorder.update(MachineRecorder.specification("a"))
        recorder.settleAll()
        #expect(recorder.sent["a"]?.sorted() == [0, 0, 1, 1, 2, 2])
        #expect(recorder.machine.isQuiet)
    }
}
