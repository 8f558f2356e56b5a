import EventLog

/// What a lookup wants a record to have.
package struct IndexProbe: Sendable {
    package let name: [UInt8]
    package let value: [UInt8]
    package let tenant: [UInt8]
    private let tenantNames = RecordHeaders.tenantNames.map { Array($0.utf8) }

    package init(name: String, value: String, tenant: String) {
        self.name = Array(name.utf8)
        self.value = Array(value.utf8)
        self.tenant = Array(tenant.utf8)
    }

    /// Whether a record has it: hashes may be shared. A header that repeats counts by each of its values.
    package func isMet(by packed: UnsafeRawBufferPointer) -> Bool {
        var isFound = false
        var tenantRank = self.tenantNames.count
        var isTenants = false
        var walk = PackedHeaders(packed)
        while let (name, value) = walk.next() {
            if !isFound, name.isEqual(to: self.name) { isFound = value.isEqual(to: self.value) }
            for rank in 0..<tenantRank where name.isEqual(to: self.tenantNames[rank]) {
                tenantRank = rank
                isTenants = value.isEqual(to: self.tenant)
                break
            }
        }
        return isFound && isTenants
    }
}
