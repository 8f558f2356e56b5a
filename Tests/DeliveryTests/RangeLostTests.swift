import EventLog
import Subscriptions
import Testing

@testable import Delivery

@Suite struct RangeLostTests {
    @Test func whatTheTailHasNotReadIsLostToAllWhoAreAttached() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.add(MachineRecorder.specification("later"), starts: [MachineRecorder.partition(0): Offset(7)])
        recorder.publish(["x", "x", "x"])
        recorder.machine.tailRangeLost(MachineRecorder.partition(0), start: Offset(9), now: 0)
        recorder.take()
        #expect(recorder.lost == [3...9, 7...9])
        #expect(recorder.standing("a")?.lostOffsets == 6)
        #expect(recorder.machine.tailPosition(of: MachineRecorder.partition(0)) == Offset(9))
        recorder.settleAll()
        #expect(recorder.sent["a"] == [0, 1, 2], "what is in memory is not lost")
    }

    @Test func whatALaggardHasNotReadIsLost() {
        var recorder = MachineRecorder { $0.windowEventsMax = 4 }
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.publish(10, key: "k")
        while recorder.fetches.isEmpty { recorder.answer() }
        recorder.loseFetch(start: 8)
        #expect(recorder.lost == [4...8])
        #expect(recorder.standing("slow")?.lostOffsets == 4)
        recorder.settleAll()
        #expect(recorder.sent["slow"] == [0, 1, 2, 3, 8, 9])
    }

    @Test func whatLeftMemoryDuringTheReadIsNamedToo() {
        var recorder = MachineRecorder {
            $0.windowEventsMax = 4
            $0.catchUpBytesMax = 1_000
        }
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.publish(10)
        while recorder.fetches.isEmpty { recorder.answer() }
        let held = recorder.standing("slow")?.heldEvents ?? 0
        recorder.machine.relievePressure(downTo: 0, victims: [0])
        recorder.loseFetch(start: 8)
        #expect(held > 1)
        // The attempt in flight is the last one sent; all behind it has left memory.
        #expect(recorder.lost == [Int64(recorder.sent["slow"]?.count ?? 0)...8])
    }
}
