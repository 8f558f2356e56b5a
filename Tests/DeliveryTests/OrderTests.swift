import Delivery
import EventLog
import Subscriptions
import Testing

@Suite struct OrderTests {
    @Test func keysAreSentInParallelAndEachInOrder() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["x", "y", "x", "y", "z"])
        #expect(recorder.pendingOffsets == [0, 1, 4])
        recorder.answer(at: 1)
        #expect(recorder.pendingOffsets == [0, 4, 3])
        recorder.answer(at: 0)
        #expect(recorder.pendingOffsets == [4, 3, 2])
    }

    @Test func aPoisonEventParksOnlyItsKey() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(["x", "x", "y", "y"])
        recorder.answer(.retry(afterMilliseconds: nil), at: 0)
        recorder.answer(at: 2)
        recorder.answer(at: 3)
        #expect(recorder.attempts.isEmpty)
        #expect(recorder.standing("a")?.heldEvents == 2)
    }

    @Test func theSameKeyInTwoPartitionsIsTwoLanes() {
        var recorder = MachineRecorder(partitions: 2)
        recorder.add("a")
        recorder.publish(["x"], partition: 0)
        recorder.publish(["x"], partition: 1)
        #expect(recorder.attempts.count == 2)
    }

    @Test func unorderedEventsDoNotWaitForEachOther() {
        var recorder = MachineRecorder()
        recorder.add("a") {
            $0.ordering = .unordered
            $0.concurrency = 4
        }
        recorder.publish(6, key: "x")
        #expect(recorder.pendingOffsets == [0, 1, 2, 3])
        recorder.answer(.retry(afterMilliseconds: nil), at: 1)
        #expect(recorder.pendingOffsets == [0, 2, 3, 4])
    }

    @Test func aFullBatchGoesAtOnceAndTheRestAfterItsTime() {
        var recorder = MachineRecorder()
        recorder.add("a") {
            $0.mode = .batched
            $0.batchMax = 3
            $0.batchLingerMilliseconds = 20
        }
        recorder.publish(["x", "x", "y", "z"])
        #expect(recorder.attempts.map { $0.elements.map(\.position.offset.value) } == [[0, 1, 2]])
        recorder.pass(19)
        #expect(recorder.attempts.count == 1)
        recorder.pass(1)
        #expect(recorder.attempts.last?.elements.map(\.position.offset.value) == [3])
    }

    @Test func afterARejectedBatchEachIsTriedAlone() {
        var recorder = MachineRecorder()
        recorder.add("a") {
            $0.mode = .batched
            $0.batchMax = 3
        }
        recorder.publish(["x", "x", "y"])
        recorder.answer(.rejected, status: 400)
        #expect(recorder.deadLetters.isEmpty)
        #expect(recorder.attempts.map { $0.elements.map(\.position.offset.value) } == [[0], [2]])
        recorder.answer(.rejected, status: 400, at: 0)
        #expect(recorder.deadLetters.map(\.event.position.offset.value) == [0])
        recorder.writeDeadLetter()
        recorder.answer(at: 2)
        #expect(recorder.attempts.map { $0.elements.map(\.position.offset.value) } == [[1]])
    }

    @Test func aKeyIsSentInBatchesAgainBehindTheRejectedOne() {
        var recorder = MachineRecorder()
        recorder.add("a") {
            $0.mode = .batched
            $0.batchMax = 3
        }
        recorder.publish(10, key: "x")
        recorder.answer()
        #expect(recorder.pendingOffsets == [3, 4, 5])
        recorder.answer(.rejected, status: 400)
        recorder.answer()
        recorder.answer(.rejected, status: 400)
        recorder.writeDeadLetter()
        #expect(recorder.pendingOffsets == [5])
        recorder.answer()
        #expect(recorder.pendingOffsets == [6, 7, 8])
    }

    @Test func whatWasInARejectedBatchIsTriedAloneAlsoWhenItComesBackToMemory() {
        var recorder = MachineRecorder()
        recorder.add("a") {
            $0.mode = .batched
            $0.batchMax = 3
        }
        recorder.publish(7, key: "x")
        recorder.answer(.rejected, status: 400)
        #expect(recorder.pendingOffsets == [0])
        recorder.update(MachineRecorder.specification("a", status: .paused) { $0.mode = .batched })
        recorder.answer()
        recorder.update(
            MachineRecorder.specification("a") {
                $0.mode = .batched
                $0.batchMax = 3
            })
        recorder.serveFetches()
        for offset in [1, 2] as [Int64] {
            #expect(recorder.pendingOffsets == [offset])
            recorder.answer()
        }
        #expect(recorder.pendingOffsets == [3, 4, 5])
    }

    @Test func aKeyNeverHasTwoAttemptsAtOnce() {
        var recorder = MachineRecorder()
        recorder.add("a") {
            $0.mode = .batched
            $0.batchMax = 2
        }
        recorder.publish(["x", "x", "x", "x"])
        #expect(recorder.pendingOffsets == [0, 1])
        recorder.answer()
        #expect(recorder.pendingOffsets == [2, 3])
    }
}
