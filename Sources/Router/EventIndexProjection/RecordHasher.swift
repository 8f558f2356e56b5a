import EventLog
import NIOCore

/// Makes the hashes of records and of what is looked for.
struct RecordHasher: Sendable {
    /// What two hashes are made with; a file has its own.
    struct Key: Sendable, Hashable {
        var first: UInt64
        var second: UInt64
    }

    private let headers: IndexedHeaders
    private let function: @Sendable (UnsafeRawBufferPointer) -> IndexHash

    init(headers: [String], key: Key) {
        let hash = SipHash128(key0: key.first, key1: key.second)
        self.init(headers: headers) { hash.hash($0) }
    }

    /// With any function of the bytes, for tests.
    init(headers: [String], function: @escaping @Sendable (UnsafeRawBufferPointer) -> IndexHash) {
        self.headers = IndexedHeaders(names: headers)
        self.function = function
    }

    /// Room that a caller keeps from record to record.
    struct Scratch {
        fileprivate var values: [UnsafeRawBufferPointer?] = []
        fileprivate var bytes: [UInt8] = []
    }

    /// The hash that the records looked for have; nil where the header is not indexed.
    func hash(of probe: IndexProbe) -> IndexHash? {
        guard let number = self.headers.number(of: probe) else { return nil }
        var scratch = Scratch()
        return probe.value.withUnsafeBytes { value in
            probe.tenant.withUnsafeBytes { self.hash(number, value, $0, &scratch) }
        }
    }

    /// Calls `body` with the hash of each indexed header that a record has; one that repeats counts by each value.
    func forEachHash(of headers: RecordHeaders, _ scratch: inout Scratch, _ body: (IndexHash) -> Void) {
        headers.bytes.withUnsafeReadableBytes { packed in
            var values = scratch.values
            scratch.values = []
            self.headers.forEachValue(in: packed, &values) { body(self.hash($0, $1, $2, &scratch)) }
            scratch.values = values
        }
    }

    /// Tells records apart that lie at one place in two logs.
    func fingerprint(of record: LogRecord) -> Int64 {
        var bytes = record.headers.bytes
        bytes.writeInteger(record.timestamp.milliseconds)
        return Int64(bitPattern: bytes.withUnsafeReadableBytes { self.function($0) }.first)
    }

    /// The counts come first, so that two texts never pass for one.
    private func hash(
        _ number: Int, _ value: UnsafeRawBufferPointer, _ tenant: UnsafeRawBufferPointer, _ scratch: inout Scratch
    ) -> IndexHash {
        scratch.bytes.removeAll(keepingCapacity: true)
        scratch.bytes.append(UInt8(truncatingIfNeeded: number))
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: tenant.count).littleEndian) {
            scratch.bytes.append(contentsOf: $0)
        }
        scratch.bytes.append(contentsOf: tenant)
        scratch.bytes.append(contentsOf: value)
        return scratch.bytes.withUnsafeBytes { self.function($0) }
    }
}
