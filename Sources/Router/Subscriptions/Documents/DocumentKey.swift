/// Any member of a JSON object, or index of an array.
struct DocumentKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        self.stringValue = name
        self.intValue = nil
    }

    init(stringValue: String) {
        self.init(stringValue)
    }

    init(intValue: Int) {
        self.stringValue = String(intValue)
        self.intValue = intValue
    }
}

/// Decodes whatever is there, to pass over it.
struct PassedOverValue: Decodable {
    init(from decoder: any Decoder) {}
}
