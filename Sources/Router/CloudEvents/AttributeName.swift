/// The names that attributes may have (CloudEvents 1.0, "Attribute Naming Convention").
enum AttributeName {
    /// Whether the bytes are one or more of `a`–`z` and `0`–`9`.
    static func isWellFormed(_ name: UnsafeRawBufferPointer) -> Bool {
        !name.isEmpty && name.allSatisfy { (0x61...0x7a).contains($0) || $0.isASCIIDigit }
    }

    /// Throws ``CloudEventError`` with `invalidAttributeName` or `limitExceeded` where an event may not carry the name.
    static func check(_ name: UnsafeRawBufferPointer, lengthMax: Int) throws(CloudEventError) {
        guard !name.isEmpty else {
            throw CloudEventError(.invalidAttributeName, attribute: "", reason: "an attribute name must not be empty")
        }
        guard name.count <= min(lengthMax, 255) else {
            throw .limit(name, "the name is longer than \(min(lengthMax, 255)) bytes")
        }
        guard self.isWellFormed(name) else {
            throw CloudEventError(
                .invalidAttributeName, attribute: CloudEventError.excerpt(name),
                reason: "an attribute name consists of the letters a-z and the digits 0-9")
        }
        guard !name.isEqual(to: "data") else {
            throw CloudEventError(
                .invalidAttributeName, attribute: "data", reason: "\"data\" is reserved for the payload")
        }
    }
}
