import ArgumentParser
import CloudEvents
import FoundationEssentials
import NIOCore
import Subscriptions

/// Evaluates a filter that someone has written on the command line.
enum FilterEvaluation {
    /// The dialects of the CloudEvents Subscriptions API.
    enum Dialect: String, ExpressibleByArgument, CaseIterable, Sendable {
        case sql
        case exact
        case prefix
        case suffix
        case all
        case any
        case not
    }

    /// What it came to.
    struct Result: Sendable, Hashable {
        var value: JSONValue
        /// One of CESQL's kinds of error.
        var error: String?
        /// One sentence about the error.
        var detail: String?
    }

    /// The error of a text that is no filter.
    static let parseError = CESQLEvaluationError.Kind.parse.rawValue

    /// An event with the required attributes only.
    static let standardEvent = CloudEvent(id: "1", source: "urn:portarium:cli", type: "com.example.Happened")

    /// Reads a structured event.
    static func event(_ bytes: [UInt8]) throws -> CloudEvent {
        do throws(CloudEventError) {
            return try JSONEventFormat.decode(ByteBuffer(bytes: bytes), limits: .widest)
        } catch {
            throw CommandFailure(.usage, TerminalText.safe("the event is not valid: \(error)"))
        }
    }

    /// A filter that cannot be read is false and an error, as CESQL wants it.
    static func evaluate(_ expression: String, _ dialect: Dialect, on event: CloudEvent) -> Result {
        guard dialect == .sql else { return self.evaluateFilter(expression, dialect, on: event) }
        do throws(CESQLParseError) {
            let result = try CESQLExpression(parsing: expression).evaluate(event)
            let value: JSONValue =
                switch result.value {
                case .boolean(let boolean): .boolean(boolean)
                case .integer(let integer): .integer(Int64(integer))
                case .string(let text): .string(text)
                }
            return Result(value: value, error: result.error?.kind.rawValue, detail: result.error?.description)
        } catch {
            return Result(value: false, error: self.parseError, detail: "\(error)")
        }
    }

    private static func sentence(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            let pointer = context.codingPath.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
            return pointer.isEmpty ? context.debugDescription : "\(pointer): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }

    private static func evaluateFilter(_ expression: String, _ dialect: Dialect, on event: CloudEvent) -> Result {
        guard let argument = JSONValue(parsing: expression.utf8) else {
            return Result(value: false, error: self.parseError, detail: "the dialect \(dialect.rawValue) takes JSON")
        }
        do {
            let document = JSONValue.object([dialect.rawValue: argument]).serialized()
            let filter = try JSONDecoder().decode(Filter.self, from: Data(document.utf8))
            return Result(value: .boolean(try CompiledFilter(filter).matches(event)))
        } catch {
            return Result(
                value: false, error: self.parseError, detail: "the filter is not valid: \(self.sentence(error))")
        }
    }
}
