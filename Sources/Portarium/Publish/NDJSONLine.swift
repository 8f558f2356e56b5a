/// One line of newline-delimited JSON that is not blank.
struct NDJSONLine: Sendable, Hashable {
    /// From 1, blank lines counted.
    var number: Int
    var content: Content

    enum Content: Sendable, Hashable {
        /// The bytes without the end of the line.
        case bytes([UInt8])
        /// The line was longer than allowed; nothing of it is kept.
        case tooLong(bytesMax: Int)
    }
}
