import Testing
import Webhooks

struct SpoolMachineTests {
    private static func machine(isAtomic: Bool = true, _ change: (inout SpoolLimits) -> Void = { _ in }) -> SpoolMachine
    {
        var limits = SpoolLimits()
        change(&limits)
        return SpoolMachine(limits: limits, isAtomic: isAtomic)
    }

    /// Puts one onto the disk as the log's failure does.
    private static func spool(_ machine: inout SpoolMachine, key: Int, at now: Int64 = 0) throws -> Int64 {
        let way = machine.takeUp(keys: [key], bytes: 10, arrival: now, isUnderWay: false, now: now, jitter: 0)
        guard case .disk(let number) = way else {
            Issue.record("\(way)")
            return 0
        }
        machine.stored(number)
        return number
    }

    @Test(arguments: 0..<8)
    func nothingIsLostAndNothingOvertakesInAnySchedule(block: Int) {
        var total = SpoolWorld.Statistics()
        for seed in UInt64(block * 100 + 1)...UInt64(block * 100 + 100) {
            var world = SpoolWorld(seed: seed)
            if let fault = world.run() { Issue.record("seed \(seed): \(fault)") }
            total.accepted += world.statistics.accepted
            total.spooled += world.statistics.spooled
            total.refused += world.statistics.refused
            total.kills += world.statistics.kills
            total.early += world.statistics.early
            total.duplicates += world.statistics.duplicates
            total.drained += world.statistics.drained
            total.full += world.statistics.full
            total.notRemoved += world.statistics.notRemoved
        }
        // A world in which nothing goes wrong would prove nothing.
        #expect(total.accepted > 5_000)
        #expect(total.spooled > 1_000)
        #expect(total.refused > 100)
        #expect(total.kills > 100)
        #expect(total.early > 100)
        #expect(total.duplicates > 10)
        #expect(total.drained > 1_000)
        #expect(total.full > 10)
        #expect(total.notRemoved > 10)
    }

    @Test func everythingGoesStraightWhileNothingWaits() throws {
        var machine = Self.machine()
        #expect(machine.arrive(keys: [1], bytes: 10, arrival: 0) == .direct)
        #expect(machine.next(now: 0) == .rest)
        #expect(machine.figures.deliveries == 0)
    }

    @Test func whatHasTheKeyOfOneThatWaitsWaitsToo() throws {
        var machine = Self.machine()
        let first = try Self.spool(&machine, key: 1)
        #expect(machine.next(now: 1_000) == .append([first]))
        #expect(machine.arrive(keys: [1], bytes: 10, arrival: 0) == .disk(2))
        machine.stored(2)
        machine.appended(first)
        #expect(machine.arrive(keys: [2], bytes: 10, arrival: 0) == .direct)
        #expect(machine.arrive(keys: [1, 2], bytes: 10, arrival: 0) == .disk(3))
        #expect(machine.next(now: 1_000) == .remove([first]))
        #expect(machine.next(now: 1_000) == .append([2]))
    }

    @Test func whileTheLogIsAwayOneIsTriedWithGrowingPauses() throws {
        var machine = Self.machine()
        let numbers = try (0..<5).map { try Self.spool(&machine, key: $0) }
        #expect(machine.arrive(keys: [99], bytes: 10, arrival: 0) == .disk(6))
        machine.stored(6)
        #expect(machine.next(now: 0) == .wait(until: 50))
        var now: Int64 = 50
        var pauses: [Int64] = []
        for _ in 0..<8 {
            guard case .append(let tried) = machine.next(now: now) else {
                Issue.record("nothing is tried")
                return
            }
            #expect(tried.count == 1)
            #expect(machine.next(now: now) == .rest)
            machine.failed(tried, now: now, jitter: 0)
            guard case .wait(let until) = machine.next(now: now) else {
                Issue.record("no pause")
                return
            }
            pauses.append(until - now)
            now = until
        }
        #expect(pauses == [100, 200, 400, 800, 1_600, 2_500, 2_500, 2_500])
        guard case .append(let one) = machine.next(now: now + 60_000) else {
            Issue.record("nothing is tried")
            return
        }
        machine.appended(one[0])
        #expect(machine.next(now: now + 60_000) == .remove(one))
        #expect(machine.next(now: now + 60_000) == .append((numbers + [6]).filter { $0 != one[0] }))
    }

    @Test func ofOneKeyOneIsOnItsWayWhereAnAppendMayFailInPart() throws {
        var machine = Self.machine(isAtomic: false)
        let first = try Self.spool(&machine, key: 1)
        let second = try Self.spool(&machine, key: 1)
        let other = try Self.spool(&machine, key: 2)
        guard case .append(let tried) = machine.next(now: 1_000) else {
            Issue.record("nothing is tried")
            return
        }
        #expect(tried == [first])
        machine.appended(first)
        #expect(machine.next(now: 1_000) == .remove([first]))
        #expect(machine.next(now: 1_000) == .append([second, other]))
    }

    @Test func oneThatIsStillUnderWayHoldsItsKeyAndIsNotAppendedTwice() throws {
        var machine = Self.machine()
        #expect(
            machine.takeUp(keys: [1], bytes: 10, arrival: 0, isUnderWay: true, now: 0, jitter: 0) == .disk(1))
        machine.stored(1)
        #expect(machine.arrive(keys: [1], bytes: 10, arrival: 0) == .disk(2))
        machine.stored(2)
        #expect(machine.next(now: 60_000) == .rest)
        machine.earlyEnded(1, isAppended: true, now: 60_000, jitter: 0)
        #expect(machine.next(now: 60_000) == .remove([1]))
        #expect(machine.next(now: 60_000) == .append([2]))
    }

    @Test func theEndOfOneMayComeBeforeItIsWritten() throws {
        var machine = Self.machine()
        #expect(
            machine.takeUp(keys: [1], bytes: 10, arrival: 0, isUnderWay: true, now: 0, jitter: 0) == .disk(1))
        machine.earlyEnded(1, isAppended: true, now: 1, jitter: 0)
        #expect(machine.next(now: 1) == .rest)
        machine.stored(1)
        #expect(machine.next(now: 1) == .remove([1]))
        machine.removed([1])
        #expect(machine.isEmpty)
    }

    @Test func limitsHoldAndAreCounted() throws {
        var machine = Self.machine {
            $0.bytesMax = 25
            $0.deliveriesMax = 2
        }
        _ = try Self.spool(&machine, key: 1)
        #expect(machine.arrive(keys: [1], bytes: 16, arrival: 0) == .refused(.limit))
        #expect(machine.figures.takes)
        _ = try Self.spool(&machine, key: 1)
        #expect(machine.arrive(keys: [1], bytes: 1, arrival: 0) == .refused(.limit))
        #expect(!machine.figures.takes)
        #expect(machine.figures.refused[.limit] == 2)
        #expect(machine.figures.bytes == 20)
    }

    @Test func aFileThatCannotBeTrustedTakesNothingMore() throws {
        var machine = Self.machine()
        let kept = try Self.spool(&machine, key: 1)
        #expect(machine.arrive(keys: [2], bytes: 10, arrival: 0) == .disk(2))
        machine.notStored(2, isFatal: true)
        #expect(machine.arrive(keys: [3], bytes: 10, arrival: 0) == .refused(.failed))
        #expect(!machine.figures.takes)
        #expect(machine.next(now: 1_000) == .append([kept]))
    }

    @Test func whatIsSetAsideHoldsNobodyUpAndKeepsItsRoom() throws {
        var machine = Self.machine()
        let bad = try Self.spool(&machine, key: 1)
        #expect(machine.next(now: 1_000) == .append([bad]))
        machine.setAside(bad)
        #expect(machine.isEmpty)
        #expect(machine.figures.bytes == 10)
        #expect(machine.figures.setAside == 1)
        #expect(machine.arrive(keys: [1], bytes: 10, arrival: 0) == .direct)
    }
}
