/// A text that nobody may see: printed, dumped or interpolated it shows whether there is one, never what it is.
struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one who signs in with it. Empty: there is none.
    let revealed: String

    init(_ text: String = "") { self.revealed = text }

    var isEmpty: Bool { self.revealed.isEmpty }
    var description: String { self.isEmpty ? "" : "[secret]" }
    var debugDescription: String { self.description }
    var customMirror: Mirror { Mirror(reflecting: self.description) }
}
