import EventLog
import NIOCore
import Testing

struct PartitionerTests {
    /// The vectors of Kafka's own `UtilsTest.testMurmur2`.
    @Test(arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ])
    func murmur2IsKafkas(text: String, hash: Int) {
        let found = ByteBuffer(string: text).withUnsafeReadableBytes { Partitioner.murmur2($0) }
        #expect(Int(found) == hash)
    }

    @Test func aNegativeHashLosesItsSignBit() {
        // Kafka's toPositive is a mask, not an absolute value: -973932308 & 0x7fffffff = 1173551340.
        #expect(Partitioner.partition(forKey: ByteBuffer(string: "21"), partitions: 1_000) == Partition(340))
        #expect(Partitioner.partition(forKey: ByteBuffer(string: "abc"), partitions: 1_000) == Partition(107))
    }

    @Test func aSliceHashesAsItsBytes() throws {
        let slice = try #require(ByteBuffer(string: "xxfoobarxx").getSlice(at: 2, length: 6))
        for partitions in 1...50 {
            let whole = Partitioner.partition(forKey: ByteBuffer(string: "foobar"), partitions: partitions)
            #expect(Partitioner.partition(forKey: slice, partitions: partitions) == whole)
            #expect((0..<Int32(partitions)).contains(whole.value))
        }
    }

    @Test func theEmptyKeyHasAPartition() {
        #expect(Partitioner.partition(forKey: ByteBuffer(), partitions: 1) == Partition(0))
        // murmur2 of no bytes, as Kafka computes it.
        #expect(ByteBuffer().withUnsafeReadableBytes { Partitioner.murmur2($0) } == 275_646_681)
    }
}
