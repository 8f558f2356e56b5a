import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads request bodies that are JSON documents.
public struct JSONRequestReader: Sendable {
    private let reader: RequestBodyReader

    /// A reader on top of the one that keeps the limits.
    public init(reader: RequestBodyReader) {
        self.reader = reader
    }

    /// Reads the body as raw JSON text; only the media type is checked.
    /// - Throws: ``ProblemError`` 415 where the content type is said and is not JSON; 400, 413, 503 of the reader.
    public func text(of request: Request) async throws -> ByteBuffer {
        if let contentType = request.headers[.contentType], !Self.isJSON(contentType) {
            throw ProblemError(.unsupportedMediaType, "send the body as application/json")
        }
        return try await self.reader.withBody(of: request) { $0 }
    }

    /// Reads and decodes the body.
    /// - Throws: ``ProblemError`` 400 with a JSON Pointer where the text is no JSON or a field is missing or has
    ///   another type; 415, 413, 503 as in ``text(of:)``.
    public func decode<Value: Decodable>(_ type: Value.Type, from request: Request) async throws -> Value {
        let text = try await self.text(of: request)
        do {
            return try text.withUnsafeReadableBytes { bytes in
                try JSONDecoder().decode(type, from: Data(bytes))
            }
        } catch let error as DecodingError {
            throw Self.problem(for: error)
        }
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let end = contentType.firstIndex(of: ";") ?? contentType.endIndex
        let essence = contentType[..<end].lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == "application/json" || essence.hasSuffix("+json")
    }

    private static func problem(for error: DecodingError) -> ProblemError {
        switch error {
        case .keyNotFound(let key, let context):
            self.problem(context.codingPath + [key], "is required")
        case .valueNotFound(_, let context):
            self.problem(context.codingPath, "must not be null")
        case .typeMismatch(_, let context):
            self.problem(context.codingPath, "has the wrong JSON type")
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? ProblemError(.invalidRequest, "the body is no valid JSON text")
                : self.problem(context.codingPath, "has a value that is not allowed")
        @unknown default:
            ProblemError(.invalidRequest, "the body is not what this path takes")
        }
    }

    private static func problem(_ path: [any CodingKey], _ detail: String) -> ProblemError {
        let pointer = path.map { "/" + ($0.intValue.map(String.init) ?? JSONPointer.escaped($0.stringValue)) }.joined()
        return ProblemError(
            .invalidRequest, "\(pointer.isEmpty ? "the body" : pointer) \(detail)",
            errors: [.init(pointer: pointer, detail: detail)])
    }
}
