/// What is left of the work that templates and transforms may take, of one event or of the webhooks of one request.
/// Whatever reads a text or goes through a tree pays for it first: what comes of something is bounded by its bytes, but
/// what is read to make it would be bounded by nothing.
package struct TemplateWork: Sendable {
    /// Units that there are for whatever comes.
    package static let unitsMin = 4_194_304
    /// Units that there are further for each byte that came: who sends little cannot make much work of it.
    package static let unitsPerByte = 4

    /// What was too much.
    package enum Overrun: Error, Sendable {
        /// The bytes of a text that was made.
        case bytes
        /// The work.
        case work
    }

    /// Bytes of texts, members that are looked at, and values that are gone through, all together.
    package let unitsMax: Int
    private var unitsLeft: Int

    /// - Parameter bytes: of what templates are filled from.
    package init(bytes: Int) {
        self.unitsMax = Self.unitsMin + Self.unitsPerByte * bytes
        self.unitsLeft = self.unitsMax
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
