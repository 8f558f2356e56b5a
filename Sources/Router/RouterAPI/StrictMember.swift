/// The name of a member in a document that has no other members than those it declares.
struct StrictMember: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { self.stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    /// The members of an object.
    /// - Throws: `DecodingError` with the place of the first, by name, that is not one of `names`.
    func strictMembers(_ names: [String]) throws -> KeyedDecodingContainer<StrictMember> {
        let members = try self.container(keyedBy: StrictMember.self)
        if let unknown = members.allKeys.filter({ !names.contains($0.stringValue) }).min(by: Self.precedes) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: members.codingPath + [unknown],
                    debugDescription: "is no member of this document, which has: \(names.joined(separator: ", "))"))
        }
        return members
    }

    private static func precedes(_ lhs: StrictMember, _ rhs: StrictMember) -> Bool { lhs.stringValue < rhs.stringValue }
}
