import CloudEvents
import EventDispatch
import EventLog
import HTTPServing
import Hummingbird

/// The query of a request: decoded, each name at most once, and none that the call does not know.
///
/// A misspelt name is refused: it would widen a search to everything without a word.
struct QueryParameters {
    private let values: [String: String]
    private let page: PageParameters?

    /// - Throws: 400 with the parameter at fault.
    init(of request: Request, names: [String], isPaged: Bool = false) throws(ProblemError) {
        let known = isPaged ? names + ["limit", "cursor"] : names
        var values: [String: String] = [:]
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(pair[0], plusIsSpace: true),
                let value = PercentEncoding.decode(pair.count == 2 ? pair[1] : "", plusIsSpace: true)
            else { throw Self.fault(String(pair[0]), "must be percent-encoded UTF-8") }
            guard known.contains(name) else {
                throw Self.fault(name, "is none of this call, which takes: \(known.joined(separator: ", "))")
            }
            guard values.updateValue(value, forKey: name) == nil else { throw Self.fault(name, "may be given once") }
        }
        self.values = values
        self.page = isPaged ? try PageParameters(of: request) : nil
    }

    /// `limit` and `cursor`.
    var pageRequest: PageRequest {
        PageRequest(limit: self.page?.limit ?? PageParameters.limitDefault, cursor: self.page?.cursor)
    }

    /// The names that were given.
    var names: Set<String> { Set(self.values.keys) }

    /// - Throws: 400 where the value is there and empty.
    func text(_ name: String) throws(ProblemError) -> String? {
        guard let value = self.values[name] else { return nil }
        guard !value.isEmpty else { throw Self.fault(name, "must not be empty") }
        return value
    }

    /// An RFC 3339 time. A `+` of its zone that was not encoded has become a space; it is taken for what it was.
    func timestamp(_ name: String) throws(ProblemError) -> Timestamp? {
        guard let text = try self.text(name) else { return nil }
        let repaired = String(text.map { $0 == " " ? "+" : $0 })
        guard let milliseconds = RFC3339.milliseconds(repaired) else {
            throw Self.fault(name, "must be an RFC 3339 time such as 2026-01-31T12:00:00Z")
        }
        return Timestamp(milliseconds: milliseconds)
    }

    func topic(_ name: String) throws(ProblemError) -> Topic? {
        guard let text = try self.text(name) else { return nil }
        do {
            return try Topic(validating: text)
        } catch {
            throw Self.fault(name, "must be a topic name: 1 to 249 of the characters a-z A-Z 0-9 . _ -")
        }
    }

    static func fault(_ name: String, _ detail: String) -> ProblemError {
        ProblemError(
            .invalidRequest, "the query parameter '\(name)' \(detail)",
            errors: [.init(pointer: "query:\(name)", detail: detail)])
    }
}
