/// Reads filters from JSON: an object with one member, whose name is the dialect (CloudEvents Subscriptions API,
/// section 3.2.4). Stops at ``CompiledFilter/nestingMax``, so that no document can nest deeper than the stack is.
enum FilterReader {
    static let dialects = ["exact", "prefix", "suffix", "all", "any", "not", "sql"]

    /// nil: something is wrong, and noted.
    static func filter(_ reader: inout DocumentReader, depth: Int = 1) -> Filter? {
        guard depth <= CompiledFilter.nestingMax else {
            reader.note(detail: "filters nest deeper than \(CompiledFilter.nestingMax); write it with fewer levels")
            return nil
        }
        guard let dialect = self.dialect(&reader) else { return nil }
        switch dialect {
        case "exact": return self.attributes(&reader, dialect).map(Filter.exact)
        case "prefix": return self.attributes(&reader, dialect).map(Filter.prefix)
        case "suffix": return self.attributes(&reader, dialect).map(Filter.suffix)
        case "all": return self.filters(&reader, dialect, depth: depth).map(Filter.all)
        case "any": return self.filters(&reader, dialect, depth: depth).map(Filter.any)
        case "not":
            let inner = reader.object(dialect) { self.filter(&$0, depth: depth + 1) }
            self.noteNull(&reader, dialect)
            return (inner ?? nil).map(Filter.not)
        default:
            let text = reader.string(dialect)
            self.noteNull(&reader, dialect)
            return text.map(Filter.sql)
        }
    }

    /// The elements of an array of filters; those that are wrong are noted and left out.
    static func filters(_ reader: inout DocumentReader, _ member: String, depth: Int = 0) -> [Filter]? {
        let filters = reader.objects(member) { self.filter(&$0, depth: depth + 1) }
        if depth > 0 { self.noteNull(&reader, member) }
        return filters
    }

    private static func dialect(_ reader: inout DocumentReader) -> String? {
        let names = reader.container.allKeys.map(\.stringValue).sorted()
        guard names.count == 1, let name = names.first else {
            let found = names.isEmpty ? "none" : names.map(ExplanationText.quoted).joined(separator: ", ")
            reader.note(
                detail: "a filter has exactly one member, its dialect, such as {\"exact\": {…}}; found \(found)")
            return nil
        }
        guard self.dialects.contains(name) else {
            reader.note(name, detail: "unsupported dialect; supported are \(self.dialects.joined(separator: ", "))")
            return nil
        }
        return name
    }

    private static func attributes(_ reader: inout DocumentReader, _ dialect: String) -> [String: String]? {
        let values = reader.stringsByName(dialect)
        self.noteNull(&reader, dialect)
        return values
    }

    private static func noteNull(_ reader: inout DocumentReader, _ member: String) {
        if !reader.has(member) { reader.note(member, detail: "must not be null") }
    }
}
