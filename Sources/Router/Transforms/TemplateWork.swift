/// What is left of the work that templates and transforms may take, of one event or of the webhooks of one request.
/// Whatever reads a text or goes through a tree pays for it first: what comes of something is bounded by its bytes, but
/// what is read to make it would be bounded by nothing.
package struct TemplateWork: Sendable {
    /// Bytes of texts, members that are looked at, and values that are gone through, all together: four times the
    /// largest body that there is by default.
    package static let unitsMax = 33_554_432

    /// What was too much.
    package enum Overrun: Error, Sendable {
        /// The bytes of a text that was made.
        case bytes
        /// The work.
        case work
    }

    private var unitsLeft: Int

    package init(unitsMax: Int = Self.unitsMax) {
        self.unitsLeft = unitsMax
    }

    /// Once something could not be paid for, nothing can.
    package mutating func pay(_ units: Int) throws(Overrun) {
        guard units <= self.unitsLeft else {
            self.unitsLeft = 0
            throw .work
        }
        self.unitsLeft -= units
    }
}
