import EventLog

/// Which headers are indexed, and how they are found in a record.
package struct IndexedHeaders: Sendable {
    @usableFromInline let names: [[UInt8]]
    @usableFromInline let tenantNames = RecordHeaders.tenantNames.map { Array($0.utf8) }

    package init(names: [String]) { self.names = names.map { Array($0.utf8) } }

    /// The number of the header that a probe is about; nil where it is not indexed.
    package func number(of probe: IndexProbe) -> Int? { self.names.firstIndex(of: probe.name) }

    /// Calls `body` with the number and the value of each indexed header that a record has, and with the record's
    /// tenant; a header that repeats counts by each of its values.
    /// - Parameter found: room for the values, kept by the caller from record to record.
    @inlinable @inline(__always)
    package func forEachValue(
        in packed: UnsafeRawBufferPointer, _ found: inout [UnsafeRawBufferPointer?],
        _ body: (_ number: Int, _ value: UnsafeRawBufferPointer, _ tenant: UnsafeRawBufferPointer) -> Void
    ) {
        let count = self.names.count
        found.removeAll(keepingCapacity: true)
        for _ in 0..<(count + self.tenantNames.count) { found.append(nil) }
        var isRepeated = false
        var walk = PackedHeaders(packed)
        while let (name, value) = walk.next() {
            for index in 0..<count where name.isEqual(to: self.names[index]) {
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
                if let value = found[index] { body(index, value, tenant) }
            }
            return
        }
        // A record of the attempt journal is about many events.
        walk = PackedHeaders(packed)
        while let (name, value) = walk.next() {
            for index in 0..<count where name.isEqual(to: self.names[index]) { body(index, value, tenant) }
        }
    }
}
