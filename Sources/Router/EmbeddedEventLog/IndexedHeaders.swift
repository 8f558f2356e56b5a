import EventLog

/// Which headers are indexed, and how their values become hashes.
struct IndexedHeaders: Sendable {
    private struct Header: Sendable {
        let name: [UInt8]
        let hash: HeaderHash
    }

    private let headers: [Header]
    private let tenantNames = RecordHeaders.tenantNames.map { Array($0.utf8) }

    init(names: [String], seed: UInt64) {
        self.headers = names.map { name in
            Header(name: Array(name.utf8), hash: HeaderHash(name: Array(name.utf8), seed: seed))
        }
    }

    /// The hash that the records looked for have; nil where the header is not indexed.
    func hash(of probe: IndexProbe) -> Int32? {
        guard let header = self.headers.first(where: { $0.name == probe.name }) else { return nil }
        return probe.value.withUnsafeBytes { value in
            probe.tenant.withUnsafeBytes { header.hash.hash(value, tenant: $0) }
        }
    }

    /// Calls `body` with the hash of each indexed header that a record has; one that repeats counts by each of its
    /// values.
    /// - Parameter found: room for the values, kept by the caller from record to record.
    @inline(__always)
    func forEachHash(
        in packed: UnsafeRawBufferPointer, _ found: inout [UnsafeRawBufferPointer?], _ body: (Int32) -> Void
    ) {
        let count = self.headers.count
        found.removeAll(keepingCapacity: true)
        for _ in 0..<(count + self.tenantNames.count) { found.append(nil) }
        var isRepeated = false
        var walk = PackedHeaders(packed)
        while let (name, value) = walk.next() {
            for index in 0..<count where name.isEqual(to: self.headers[index].name) {
                if found[index] == nil { found[index] = value } else { isRepeated = true }
            }
            for index in self.tenantNames.indices
            where found[count + index] == nil && name.isEqual(to: self.tenantNames[index]) {
                found[count + index] = value
            }
        }
        // A record that is nobody's is never looked for.
        guard let tenant = found[count...].lazy.compactMap({ $0 }).first else { return }
        guard isRepeated else {
            for index in 0..<count {
                if let value = found[index] { body(self.headers[index].hash.hash(value, tenant: tenant)) }
            }
            return
        }
        // A record of the attempt journal is about many events.
        walk = PackedHeaders(packed)
        while let (name, value) = walk.next() {
            for header in self.headers where name.isEqual(to: header.name) {
                body(header.hash.hash(value, tenant: tenant))
            }
        }
    }
}
