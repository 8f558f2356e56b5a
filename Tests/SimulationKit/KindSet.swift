/// The simulated filter: which of four kinds of records are wanted.
struct KindSet: Sendable, Hashable {
    private(set) var bits: UInt8

    func contains(_ kind: Int) -> Bool { self.bits & (1 << UInt8(kind)) != 0 }
    mutating func formUnion(_ other: Self) { self.bits |= other.bits }
    mutating func formIntersection(_ other: Self) { self.bits &= other.bits }
}
