import Delivery
import EventLog
import Subscriptions
import Testing

@Suite struct RetryTests {
    private func decide(
        attempts: Int, age: Int64 = 0, after: Int64? = nil, random: Double = 0.5, deadLetter: Bool = true
    ) -> RetrySchedule.Decision {
        var policy = RetryConfiguration()
        policy.attemptsMax = 100
        policy.delayMinMilliseconds = 100
        policy.delayMaxMilliseconds = 1_000
        policy.ageMaxMilliseconds = 10_000
        return RetrySchedule.decide(
            policy, deadLetter: deadLetter, attempts: attempts, ageMilliseconds: age, retryAfterMilliseconds: after,
            random: random)
    }

    @Test func aDelayLiesBetweenHalfOfAndTheWholeStep() {
        #expect(self.decide(attempts: 1, random: 0) == .retry(afterMilliseconds: 50))
        #expect(self.decide(attempts: 1, random: 1) == .retry(afterMilliseconds: 100))
        #expect(self.decide(attempts: 3, random: 0) == .retry(afterMilliseconds: 200))
        #expect(self.decide(attempts: 3, random: 1) == .retry(afterMilliseconds: 400))
    }

    @Test func stepsDoubleUpToTheLongest() {
        for attempts in [5, 20, 64, 99] {
            #expect(self.decide(attempts: attempts, random: 1) == .retry(afterMilliseconds: 1_000))
        }
    }

    @Test func noOwnDelayOutlastsTheGreatestAge() {
        #expect(self.decide(attempts: 5, age: 9_900, random: 1) == .retry(afterMilliseconds: 100))
        #expect(self.decide(attempts: 5, age: 10_000) == .giveUp(reason: .ageExceeded))
    }

    @Test func aSilenceIsObeyedUpToTheGreatestAge() {
        #expect(self.decide(attempts: 1, after: 5_000) == .retry(afterMilliseconds: 5_000))
        #expect(self.decide(attempts: 1, age: 6_000, after: 5_000) == .expire(afterMilliseconds: 4_000))
        #expect(self.decide(attempts: 1, after: 10) == .retry(afterMilliseconds: 75))
    }

    @Test func withoutDeadLettersThereIsNoEnd() {
        #expect(
            self.decide(attempts: 1_000, age: 1_000_000, after: 50_000, deadLetter: false)
                == .retry(afterMilliseconds: 50_000))
    }

    @Test func aFailedEventIsTriedAgainWithItsNumber() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["k", "k"])
        recorder.answer(.retry(afterMilliseconds: nil), status: 503)
        recorder.pass(49)
        #expect(recorder.attempts.isEmpty)
        recorder.pass(51)
        #expect(recorder.attempts.map(\.number) == [2])
        #expect(recorder.pendingOffsets == [0])
    }

    @Test func aSilenceHoldsForTheWholeSubscription() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.concurrency = 1 }
        recorder.add("b", origin: "http://other")
        recorder.publish(3)
        recorder.answer(.retry(afterMilliseconds: 5_000), status: 429, for: "a")
        recorder.pass(4_999)
        #expect(!recorder.attempts.contains { $0.subscription.name == "a" })
        #expect(recorder.attempts.count { $0.subscription.name == "b" } == 3)
        recorder.pass(1)
        #expect(recorder.attempts.count { $0.subscription.name == "a" } == 1)
    }

    @Test func anEventIsGivenUpWhenTheSilenceIsLongerThanItMayWait() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.retry.ageMaxMilliseconds = 1_000 }
        recorder.publish(["k"])
        recorder.pass(300)
        recorder.answer(.retry(afterMilliseconds: 60_000), status: 503)
        recorder.pass(699)
        #expect(recorder.deadLetters.isEmpty)
        recorder.pass(1)
        #expect(recorder.attempts.isEmpty)
        #expect(recorder.deadLetters.map(\.reason) == [.ageExceeded])
        #expect(recorder.deadLetters.first?.report.status == 503)
    }

    @Test func attemptsEndWithADeadLetter() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.retry.attemptsMax = 2 }
        recorder.publish(["k", "k"])
        for _ in 0..<2 {
            recorder.answer(.retry(afterMilliseconds: nil), status: 500)
            recorder.passToDeadline()
        }
        #expect(recorder.deadLetters.map(\.reason) == [.attemptsExhausted])
        #expect(recorder.deadLetters.first?.attempts == 2)
        // The key waits until the dead letter is durable.
        #expect(recorder.attempts.isEmpty)
        recorder.writeDeadLetter()
        #expect(recorder.pendingOffsets == [1])
    }

    @Test func aRejectedEventIsADeadLetterAtOnce() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["k"])
        recorder.answer(.rejected, status: 400)
        #expect(recorder.deadLetters.map(\.reason) == [.rejected])
        #expect(recorder.deadLetters.first?.attempts == 1)
    }

    @Test func withoutDeadLettersEvenARejectedEventIsTriedAgain() {
        var recorder = MachineRecorder()
        recorder.add("a") {
            $0.deadLetter = false
            $0.retry.attemptsMax = 1
        }
        recorder.publish(["k", "k"])
        for number in 1...30 {
            #expect(recorder.attempts.map(\.number) == [number])
            recorder.answer(number % 2 == 0 ? .rejected : .retry(afterMilliseconds: nil), status: 500)
            recorder.passToDeadline()
        }
        #expect(recorder.deadLetters.isEmpty)
        #expect(recorder.pendingOffsets == [0])
    }

    @Test func aSinkThatIsGoneSuspends() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.concurrency = 1 }
        recorder.publish(3)
        recorder.answer(.gone, status: 410)
        #expect(recorder.suspended == ["a"])
        recorder.pass(100_000)
        #expect(recorder.attempts.isEmpty)
        #expect(recorder.standing("a")?.heldEvents == 0)
        recorder.update(MachineRecorder.specification("a"))
        recorder.settleAll()
        #expect(recorder.sent["a"] == [0, 0, 1, 2])
    }

    @Test func aSinkThatFailsForTooLongSuspends() {
        var recorder = MachineRecorder { $0.suspendAfterMilliseconds = 5_000 }
        recorder.add("a") { $0.deadLetter = false }
        recorder.publish(["k"])
        while recorder.suspended.isEmpty, recorder.now < 60_000 {
            recorder.answer(.retry(afterMilliseconds: nil))
            recorder.passToDeadline()
        }
        #expect(recorder.suspended == ["a"])
        #expect(recorder.now >= 5_000)
    }

    @Test func failuresWithLongPausesBetweenThemSuspendNobody() {
        var recorder = MachineRecorder { $0.suspendAfterMilliseconds = 4 * 86_400_000 }
        recorder.add("a")
        recorder.publish(["k"])
        recorder.answer(.rejected, status: 400)
        recorder.writeDeadLetter()
        // Four days later, after nothing at all.
        recorder.pass(4 * 86_400_000)
        recorder.publish(["k"])
        for _ in 0..<8 {
            recorder.answer(.retry(afterMilliseconds: nil), status: 503)
            recorder.passToDeadline()
        }
        #expect(recorder.suspended.isEmpty)
        recorder.settleAll()
        #expect(recorder.sent["a"]?.last == 1)
    }

    @Test func fewFailuresSuspendNobodyHoweverFarApart() {
        var recorder = MachineRecorder { $0.suspendAfterMilliseconds = 100_000 }
        recorder.add("a")
        for _ in 0..<4 {
            recorder.publish(["k"])
            recorder.answer(.retry(afterMilliseconds: nil), status: 503)
            recorder.pass(50_000)
        }
        #expect(recorder.suspended.isEmpty)
        recorder.answer(.retry(afterMilliseconds: nil), status: 503)
        #expect(recorder.suspended == ["a"])
    }

    @Test func silenceThatTheSinkAsksForIsNoPause() {
        var recorder = MachineRecorder { $0.suspendAfterMilliseconds = 1_000_000 }
        recorder.add("a") { $0.deadLetter = false }
        recorder.publish(["k"])
        for _ in 0..<5 {
            #expect(recorder.suspended.isEmpty)
            recorder.answer(.retry(afterMilliseconds: 300_000), status: 503)
            recorder.pass(300_000)
        }
        #expect(recorder.suspended == ["a"])
    }
}
