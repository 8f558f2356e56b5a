import EventIndexProjection
import EventLog
import NIOCore
import Testing

@testable import EmbeddedEventLog

/// What becomes of a header on its way into the index.
struct HeaderHashTests {
    private func hash(_ name: String, _ value: String, tenant: String, seed: UInt64 = 7) -> Int32? {
        HashedHeaders(names: ["ce_id", "ce_correlationid"], seed: seed)
            .hash(of: IndexProbe(name: name, value: value, tenant: tenant))
    }

    @Test func everyPartCounts() {
        let hashes = [
            self.hash("ce_id", "a", tenant: "t"), self.hash("ce_correlationid", "a", tenant: "t"),
            self.hash("ce_id", "a", tenant: "u"), self.hash("ce_id", "b", tenant: "t"),
            self.hash("ce_id", "at", tenant: ""), self.hash("ce_id", "", tenant: "at"),
            self.hash("ce_id", "a", tenant: "t", seed: 8), self.hash("ce_id", "a\0", tenant: "t"),
        ]
        #expect(Set(hashes).count == hashes.count)
        #expect(!hashes.contains(nil))
        #expect(self.hash("ce_source", "a", tenant: "t") == nil)
    }

    @Test func hashesSpread() {
        var hashes: Set<Int32?> = []
        for number in 0..<50_000 { hashes.insert(self.hash("ce_id", "run-\(number)", tenant: "t")) }
        // Of 50,000 random hashes of 32 bits, 0.3 pairs are expected to be equal.
        #expect(hashes.count > 49_990)
    }

    @Test func aRecordGivesTheHashesThatAreLookedFor() {
        let headers = HashedHeaders(names: ["ce_id", "ce_correlationid"], seed: 7)
        var record = RecordHeaders()
        for (name, value) in [("a", "b"), ("ce_id", "1"), ("portarium_tenant", "other"), ("ce_id", "2")] {
            record.append(name: name, value: value)
        }
        record.append(name: "ce_tenantid", value: "t")
        let ids = ["1", "2"].map { self.hash("ce_id", $0, tenant: "t") }
        #expect(self.hashes(record.bytes, headers) == ids)
        record.append(name: "ce_correlationid", value: "")
        #expect(self.hashes(record.bytes, headers) == ids + [self.hash("ce_correlationid", "", tenant: "t")])
    }

    @Test func headersWhoseLengthsDoNotAddUpAreReadAsFarAsTheyGo() {
        let headers = HashedHeaders(names: ["ce_id", "ce_correlationid"], seed: 7)
        var record = RecordHeaders()
        for (name, value) in [("ce_tenantid", "t"), ("ce_id", "1"), ("ce_correlationid", "2")] {
            record.append(name: name, value: value)
        }
        for count in 0..<record.bytes.readableBytes {
            let cut = record.bytes.getSlice(at: 0, length: count) ?? ByteBuffer()
            #expect(self.hashes(cut, headers).count <= 1)
        }
        #expect(self.hashes(record.bytes, headers).count == 2)
        #expect(self.hashes(ByteBuffer(repeating: 0xFF, count: 40), headers).isEmpty)
    }

    private func hashes(_ packed: ByteBuffer, _ headers: HashedHeaders) -> [Int32] {
        var found: [UnsafeRawBufferPointer?] = []
        var hashes: [Int32] = []
        packed.withUnsafeReadableBytes { bytes in headers.forEachHash(in: bytes, &found) { hashes.append($0) } }
        return hashes
    }
}
