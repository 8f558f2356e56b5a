import EventIndexProjection

/// The indexed headers with what makes hashes of their values.
struct HashedHeaders: Sendable {
    private let headers: IndexedHeaders
    private let hashes: [HeaderHash]

    init(names: [String], seed: UInt64) {
        self.headers = IndexedHeaders(names: names)
        self.hashes = names.map { HeaderHash(name: Array($0.utf8), seed: seed) }
    }

    /// The hash that the records looked for have; nil where the header is not indexed.
    func hash(of probe: IndexProbe) -> Int32? {
        guard let number = self.headers.number(of: probe) else { return nil }
        return probe.value.withUnsafeBytes { value in
            probe.tenant.withUnsafeBytes { self.hashes[number].hash(value, tenant: $0) }
        }
    }

    /// Calls `body` with the hash of each indexed header that a record has; one that repeats counts by each of its
    /// values.
    /// - Parameter found: room for the values, kept by the caller from record to record.
    @inline(__always)
    func forEachHash(
        in packed: UnsafeRawBufferPointer, _ found: inout [UnsafeRawBufferPointer?], _ body: (Int32) -> Void
    ) {
        self.headers.forEachValue(in: packed, &found) { body(self.hashes[$0].hash($1, tenant: $2)) }
    }
}
