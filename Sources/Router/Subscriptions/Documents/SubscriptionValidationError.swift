/// Everything that is wrong with a subscription as somebody wrote it, not only the first thing.
public struct SubscriptionValidationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One fault and its place.
    public struct Violation: Sendable, Hashable {
        /// A JSON Pointer (RFC 6901) into the document.
        public var pointer: String
        /// What is wrong and what would be right; reads as the rest of a sentence that begins with the pointer.
        public var detail: String

        public init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    /// At least one, in the order of the document's members.
    public var errors: [Violation]

    public init(errors: [Violation]) {
        self.errors = errors
    }

    public var description: String {
        self.errors.map { "\($0.pointer.isEmpty ? "the subscription" : $0.pointer) \($0.detail)" }.joined(
            separator: "; ")
    }
}
