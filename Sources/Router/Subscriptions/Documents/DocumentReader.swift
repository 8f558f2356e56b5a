import CloudEvents

/// Reads the members of a JSON object and notes what is wrong instead of stopping at it. An absent member and null are
/// nil.
struct DocumentReader {
    typealias Violation = SubscriptionValidationError.Violation
    typealias Container = KeyedDecodingContainer<DocumentKey>

    let container: Container
    let path: [String]
    /// Members that are not known are passed over: the document was written by the router itself, maybe by a newer one.
    let isTolerant: Bool
    private(set) var violations: [Violation] = []

    init(_ container: Container, path: [String] = [], isTolerant: Bool = false) {
        self.container = container
        self.path = path
        self.isTolerant = isTolerant
    }

    mutating func note(_ member: String..., detail: String) {
        self.note(path: self.path + member, detail: detail)
    }

    mutating func note(path: [String], detail: String) {
        self.violations.append(Violation(pointer: JSONPointer.text(of: path), detail: detail))
    }

    func has(_ member: String) -> Bool {
        let key = DocumentKey(member)
        guard self.container.contains(key) else { return false }
        return !((try? self.container.decodeNil(forKey: key)) ?? false)
    }

    /// Notes every member that is not one of these.
    mutating func refuseMembers(except known: [String]) {
        guard !self.isTolerant else { return }
        for name in self.container.allKeys.map(\.stringValue).sorted() where !known.contains(name) {
            self.note(name, detail: "is not known here; known are \(known.joined(separator: ", "))")
        }
    }

    // MARK: Values

    mutating func string(_ member: String) -> String? { self.value(member, "a string") }

    mutating func boolean(_ member: String) -> Bool? { self.value(member, "true or false") }

    mutating func integer(_ member: String) -> Int64? { self.value(member, "a whole number") }

    mutating func number(_ member: String) -> Double? { self.value(member, "a number") }

    /// A string that is one of the raw values of an enumeration.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ member: String
    ) -> Choice? where Choice.RawValue == String {
        guard let text = self.string(member) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            self.note(member, detail: "must be one of \(names), not \(ExplanationText.quoted(text))")
            return nil
        }
        return choice
    }

    private mutating func value<Value: Decodable>(_ member: String, _ kind: String) -> Value? {
        guard self.has(member) else { return nil }
        do {
            return try self.container.decode(Value.self, forKey: DocumentKey(member))
        } catch {
            self.note(member, detail: "must be \(kind)")
            return nil
        }
    }

    mutating func strings(_ member: String) -> [String]? {
        guard self.has(member) else { return nil }
        guard var elements = try? self.container.nestedUnkeyedContainer(forKey: DocumentKey(member)) else {
            self.note(member, detail: "must be an array of strings")
            return nil
        }
        var result: [String] = []
        while !elements.isAtEnd {
            let index = elements.currentIndex
            if let text = try? elements.decode(String.self) {
                result.append(text)
            } else {
                self.note(member, String(index), detail: "must be a string")
                guard (try? elements.decode(PassedOverValue.self)) != nil else { break }
            }
        }
        return result
    }

    mutating func stringsByName(_ member: String) -> [String: String]? {
        self.object(member) { inner in
            var result: [String: String] = [:]
            for name in inner.container.allKeys.map(\.stringValue).sorted() {
                if let text = inner.string(name) {
                    result[name] = text
                } else if !inner.has(name) {
                    inner.note(name, detail: "must be a string")
                }
            }
            return result
        }
    }

    /// Reads a member that is an object.
    mutating func object<Value>(_ member: String, _ body: (inout DocumentReader) -> Value) -> Value? {
        guard self.has(member) else { return nil }
        guard let nested = try? self.container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey(member))
        else {
            self.note(member, detail: "must be an object")
            return nil
        }
        return self.nested(nested, path: [member], body)
    }

    /// Reads the elements of a member that is an array of objects; elements that are none are noted.
    mutating func objects<Value>(_ member: String, _ body: (inout DocumentReader) -> Value?) -> [Value]? {
        guard self.has(member) else { return nil }
        guard var elements = try? self.container.nestedUnkeyedContainer(forKey: DocumentKey(member)) else {
            self.note(member, detail: "must be an array of objects")
            return nil
        }
        var result: [Value] = []
        while !elements.isAtEnd {
            let index = String(elements.currentIndex)
            if let element = try? elements.nestedContainer(keyedBy: DocumentKey.self) {
                if let value = self.nested(element, path: [member, index], body) { result.append(value) }
            } else {
                self.note(member, index, detail: "must be an object")
                guard (try? elements.decode(PassedOverValue.self)) != nil else { break }
            }
        }
        return result
    }

    private mutating func nested<Value>(
        _ container: Container, path: [String], _ body: (inout DocumentReader) -> Value
    ) -> Value {
        var inner = DocumentReader(container, path: self.path + path, isTolerant: self.isTolerant)
        let value = body(&inner)
        self.violations += inner.violations
        return value
    }

    /// The first violation as a decoding error, for documents that stop at the first.
    func decodingError(at codingPath: [any CodingKey]) -> DecodingError? {
        self.violations.first.map { violation in
            let keys = JSONPointer.tokens(of: violation.pointer).map { DocumentKey($0) }
            return DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: codingPath + keys, debugDescription: violation.detail))
        }
    }
}
