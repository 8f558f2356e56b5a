/// Why a value is not allowed.
struct ConfigurationFault: Error, Sendable, Hashable {
    /// One sentence without the key: `must be 1 to 1024, not 0`.
    var message: String
    /// Which element of a list is at fault.
    var index: Int?

    init(_ message: String, index: Int? = nil) {
        self.message = message
        self.index = index
    }
}
