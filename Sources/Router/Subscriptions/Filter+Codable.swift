import CloudEvents

extension Filter: Codable {
    /// Decodes and checks a filter: structure, limits of ``CompiledFilter``, CESQL.
    /// - Throws: `DecodingError`, whose coding path is the place and whose description the fault and its mend.
    public init(from decoder: any Decoder) throws {
        var reader = DocumentReader(try decoder.container(keyedBy: DocumentKey.self))
        let filter = FilterReader.filter(&reader)
        if let error = reader.decodingError(at: decoder.codingPath) { throw error }
        guard let filter else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "is no filter"))
        }
        do throws(FilterError) {
            _ = try CompiledFilter(filter)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath + JSONPointer.tokens(of: error.pointer).map { DocumentKey($0) },
                    debugDescription: error.detail))
        }
        self = filter
    }

    /// Writes the filter as the Subscriptions API has it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: DocumentKey.self)
        switch self {
        case .exact(let values): try container.encode(values, forKey: DocumentKey("exact"))
        case .prefix(let values): try container.encode(values, forKey: DocumentKey("prefix"))
        case .suffix(let values): try container.encode(values, forKey: DocumentKey("suffix"))
        case .all(let filters): try container.encode(filters, forKey: DocumentKey("all"))
        case .any(let filters): try container.encode(filters, forKey: DocumentKey("any"))
        case .not(let filter): try container.encode(filter, forKey: DocumentKey("not"))
        case .sql(let text): try container.encode(text, forKey: DocumentKey("sql"))
        }
    }
}
