import EventLog
import NIOCore
import Testing

@testable import EventIndexProjection

/// How entries are hashed, kept in order and found again.
struct IndexRunTests {
    /// The first vectors of the reference implementation: the key is 0, 1 … 15, the input 0, 1 …
    @Test(arguments: [
        (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"),
    ])
    func hashesAreThoseOfTheReference(count: Int, expected: String) {
        let hash = SipHash128(key0: 0x0706_0504_0302_0100, key1: 0x0F0E_0D0C_0B0A_0908)
        let input = (0..<count).map { UInt8($0) }
        let found = input.withUnsafeBytes { hash.hash($0) }
        let bytes = [found.first, found.second].flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
        let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(text == expected)
    }

    @Test func everyPartOfAHashCounts() {
        let hasher = RecordHasher(headers: ["ce_id", "ce_correlationid"], key: .init(first: 1, second: 2))
        func hash(_ name: String, _ value: String, _ tenant: String) -> IndexHash? {
            hasher.hash(of: IndexProbe(name: name, value: value, tenant: tenant))
        }
        let hashes = [
            hash("ce_id", "a", "t"), hash("ce_correlationid", "a", "t"), hash("ce_id", "a", "u"),
            hash("ce_id", "b", "t"), hash("ce_id", "at", ""), hash("ce_id", "", "at"), hash("ce_id", "a\0", "t"),
        ]
        #expect(Set(hashes).count == hashes.count)
        #expect(!hashes.contains(nil))
        #expect(hash("ce_source", "a", "t") == nil)
    }

    private func run(_ offsets: Range<Int64>, first: Int64? = nil, values: UInt64 = 40) -> IndexRun {
        var run = IndexRun(first: first ?? offsets.lowerBound)
        for offset in offsets {
            let hash = IndexHash(first: UInt64(bitPattern: offset &* 7_919) % values << 40, second: 9)
            run.add([hash], at: offset, timestamp: offset * 3)
        }
        run.sort()
        return run
    }

    @Test func mergedRunsAreAsOneThatWasWrittenAtOnce() {
        let merged = self.run(500..<1_100).merged(with: self.run(100..<500))
        #expect(merged == self.run(100..<1_100))
    }

    @Test func whatARecordHasTwiceIsThereOnce() {
        var run = IndexRun(first: 4)
        let hashes = [5, 1, 5, 1, 1].map { IndexHash(first: $0, second: 0) }
        run.add(hashes, at: 4, timestamp: 0)
        run.add(hashes, at: 5, timestamp: 0)
        run.sort()
        #expect(run.entries.map { [Int64($0.hash.first), $0.offset] } == [[1, 4], [1, 5], [5, 4], [5, 5]])
    }

    @Test func fencesLeadToEveryBlockOfAHash() {
        let run = self.run(1_000..<9_000)
        let blocks = run.blocks
        let fences = run.fences
        #expect(blocks.count == fences.count / 8)
        for value in 0..<UInt64(41) {
            let hash = IndexHash(first: value << 40, second: 9)
            let numbers = fences.withUnsafeBytes { IndexRun.blocks(of: hash, fences: $0) }
            var found: [IndexEntry] = []
            for number in numbers {
                blocks[number].withUnsafeBytes { bytes in
                    for cursor in stride(from: 0, to: bytes.count, by: IndexEntry.bytes) {
                        let entry = IndexEntry(bytes, at: cursor, from: run.first)
                        if entry.hash == hash { found.append(entry) }
                    }
                }
            }
            #expect(found == run.entries.filter { $0.hash == hash })
        }
    }

    @Test func aRunEndsBeforeItsPlacesDo() {
        let run = self.run(0..<10)
        #expect(run.hasRoom(for: 1, at: 65_535))
        #expect(!run.hasRoom(for: 1, at: 65_536))
        #expect(!run.hasRoom(for: IndexRun.entriesMax, at: 20))
        #expect(IndexRun(first: 0).hasRoom(for: 2 * IndexRun.entriesMax, at: 90_000), "a record is never divided")
        #expect(!self.run(65_530..<65_540).shallTake(entries: 5, first: 0))
        #expect(self.run(65_530..<65_536).shallTake(entries: 5, first: 0))
    }

    @Test func largerRunsAreLeftAlone() {
        #expect(self.run(0..<10).shallTake(entries: 19, first: -19))
        #expect(!self.run(0..<10).shallTake(entries: 20, first: -20))
    }
}
