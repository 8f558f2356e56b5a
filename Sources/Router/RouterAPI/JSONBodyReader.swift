import CloudEvents
import FoundationEssentials
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads a request's body as a JSON document and says exactly what is wrong with it.
struct JSONBodyReader: Sendable {
    private let bodies: RequestBodyReader

    init(_ bodies: RequestBodyReader) {
        self.bodies = bodies
    }

    /// Decodes the body. One without a content type is taken for JSON.
    /// - Throws: ``ProblemError``: 415 where it says to be something else, 413 over the limit, 400 with the place where
    ///   it is no JSON, 422 with the JSON Pointer of a member that is wrong.
    func decode<Document: Decodable>(_ type: Document.Type, from request: Request) async throws -> Document {
        try Self.checkContentType(of: request)
        return try await self.bodies.withBody(of: request) { body in try Self.decode(type, body) }
    }

    /// The same, and the text of a member, by the names that lead to it, as it was sent; nil where there is none.
    func decode<Document: Decodable>(
        _ type: Document.Type, textAt path: [String], from request: Request
    ) async throws -> (document: Document, text: ByteBuffer?) {
        try Self.checkContentType(of: request)
        return try await self.bodies.withBody(of: request) { body in
            let document = try Self.decode(type, body)
            return (document, try JSONMembers.text(at: path, in: body, nestingMax: JSONGrammar.depthMax))
        }
    }

    private static func decode<Document: Decodable>(_ type: Document.Type, _ body: ByteBuffer) throws -> Document {
        guard body.readableBytes > 0 else {
            throw ProblemError(.invalidRequest, "the body is empty; a JSON object is needed")
        }
        try body.withUnsafeReadableBytes { bytes in try Self.checkGrammar(bytes) }
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch let error as DecodingError {
            throw DecodingFault(error).problem
        }
    }

    private static func checkContentType(of request: Request) throws(ProblemError) {
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw ProblemError(
                .unsupportedMediaType, "the content coding '\(coding)' is not taken; send the plain text")
        }
        guard let contentType = request.headers[.contentType] else { return }
        let parts = contentType.lowercased().split(separator: ";").map { part in
            String(part.filter { $0 != " " && $0 != "\t" && $0 != "\"" })
        }
        let isJSON = parts.first.map { $0 == "application/json" || $0.hasSuffix("+json") } ?? false
        let isUTF8 = parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" }
        guard isJSON, isUTF8 else {
            throw ProblemError(
                .unsupportedMediaType, "the content type '\(contentType)' is not taken; use application/json")
        }
    }

    private static func checkGrammar(_ bytes: UnsafeRawBufferPointer) throws(ProblemError) {
        do {
            try JSONGrammar.check(bytes)
        } catch {
            throw ProblemError(
                .invalidRequest,
                "the body is not JSON at line \(error.line), column \(error.column): \(error.reason)",
                members: [.init("byteOffset", .integer(error.byteOffset))])
        }
    }
}
