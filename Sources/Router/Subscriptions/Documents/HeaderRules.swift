import CloudEvents

/// Which headers a subscription may have sent along (RFC 9110, sections 5.1 and 5.5).
enum HeaderRules {
    /// What is wrong with a name, nil: nothing.
    static func fault(ofName name: String, bytesMax: Int) -> String? {
        guard !name.isEmpty, name.utf8.allSatisfy(ASCIISet.token.contains) else {
            return "is no name of a header: use letters, digits and hyphens"
        }
        guard name.utf8.count <= bytesMax else {
            return "has a name of \(name.utf8.count) bytes; at most \(bytesMax) are allowed"
        }
        let lowercased = name.lowercased()
        guard !lowercased.hasPrefix("ce-") else { return "is reserved: ce-… headers carry the attributes of the event" }
        guard !ReservedHeaders.contains(lowercased) else { return "is reserved: the router sets \(lowercased) itself" }
        return nil
    }

    /// What is wrong with a value, nil: nothing.
    static func fault(ofValue value: String, bytesMax: Int) -> String? {
        let bytes = Array(value.utf8)
        guard bytes.count <= bytesMax else { return "has \(bytes.count) bytes; at most \(bytesMax) are allowed" }
        guard bytes.allSatisfy({ $0 == 0x09 || (0x20...0x7e).contains($0) }) else {
            return "must be printable ASCII, without line breaks"
        }
        let edges = [bytes.first, bytes.last]
        guard !edges.contains(0x20), !edges.contains(0x09) else { return "must not begin or end with white space" }
        return nil
    }
}
