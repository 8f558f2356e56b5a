extension KeyedDecodingContainer {
    /// A number that must fit its type; the decoder by itself does not say which one does not.
    func number<Number: Decodable>(_ type: Number.Type, forKey key: Key) throws -> Number {
        do {
            return try self.decode(type, forKey: key)
        } catch let error as DecodingError where !error.isCorruption {
            throw error
        } catch {
            let bits = MemoryLayout<Number>.size * 8
            let kind = type is any BinaryInteger.Type ? "a whole number of at most \(bits) bits" : "a number that fits"
            throw DecodingError.dataCorrupted(
                .init(codingPath: self.codingPath + [key], debugDescription: "must be \(kind)"))
        }
    }

    /// The same for a member that may be absent or null.
    func numberIfPresent<Number: Decodable>(_ type: Number.Type, forKey key: Key) throws -> Number? {
        guard self.contains(key), try !self.decodeNil(forKey: key) else { return nil }
        return try self.number(type, forKey: key)
    }
}

extension DecodingError {
    fileprivate var isCorruption: Bool { if case .dataCorrupted = self { true } else { false } }
}
