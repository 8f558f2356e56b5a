import CloudEvents
import EventLog
import NIOCore
import RouterTestKit
import Synchronization
import Testing

@testable import EventDispatch

/// How much ``BackwardScan`` reads and holds.
@Suite(.timeLimit(.minutes(1))) struct BackwardScanTests {
    /// A log whose partitions each have events of these sizes in MiB; those of a size share their bytes.
    private func log(_ sizes: [Int]) async throws -> SharedLog {
        let log = SharedLog(try await DispatchWorld.log())
        for partition in PlacedReplica.events.map(\.partition) {
            for (number, size) in sizes.enumerated() {
                var record = DispatchWorld.record("\(partition)-\(number)")
                record.partition = partition
                record.record.value = Self.data[size]
                _ = try await log.append([record])
            }
        }
        return log
    }

    private static let data = (0...3).map { ByteBuffer(repeating: 0x20, count: $0 << 20) }

    private func scan(_ log: SharedLog) async throws -> BackwardScan {
        var uppers: [(topicPartition: TopicPartition, start: Offset, upper: Offset)] = []
        for topicPartition in PlacedReplica.events {
            let bounds = try await log.bounds(of: topicPartition)
            uppers.append((topicPartition, bounds.start, bounds.end))
        }
        return BackwardScan(log: log, uppers: uppers)
    }

    @Test func theNewestOfManyLargeEventsCostsNotAllOfThem() async throws {
        let log = try await self.log(Array(repeating: 1, count: 500))
        var scan = try await self.scan(log)
        let newest = try await scan.next(scannedMax: 10_000) { _ in true }
        #expect(newest?.event.id == "1-499")
        #expect(log.bytesFetched.withLock { $0 } < 64 << 20)
    }

    @Test(arguments: [
        Array(repeating: 3, count: 40), Array(repeating: 0, count: 600) + Array(repeating: 2, count: 20),
        (0..<60).map { $0 % 4 },
    ])
    func everyEventIsGivenOnceWhateverTheirSizes(sizes: [Int]) async throws {
        let log = try await self.log(sizes)
        var scan = try await self.scan(log)
        var given: [Partition: [Int64]] = [:]
        while let stored = try await scan.next(scannedMax: .max, where: { _ in true }) {
            given[stored.position.partition, default: []].append(stored.position.offset.value)
        }
        let all = Array((0..<Int64(sizes.count)).reversed())
        #expect(given == [Partition(0): all, Partition(1): all])
        #expect(scan.uppers.allSatisfy { $0.1 == .zero })
    }

    @Test func whatIsGivenKeepsNothingElseInMemory() async throws {
        let log = try await self.log([1])
        var scan = try await self.scan(log)
        let data = try await scan.next(scannedMax: 10) { _ in true }?.event.data
        #expect(data == Self.data[1])
        #expect(data?.storageCapacity ?? 0 <= 2 << 20)
    }
}
