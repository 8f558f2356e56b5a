import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Reads whole request bodies within limits.
public struct RequestBodyReader: Sendable {
    /// Bytes that one body has at most.
    public let bytesMax: Int
    private let budget: InFlightBudget

    /// - Parameters:
    ///   - bytesMax: at least 1.
    ///   - budget: shared by all that count against it.
    public init(bytesMax: Int, budget: InFlightBudget) {
        self.bytesMax = bytesMax
        self.budget = budget
    }

    /// Reads the body, calls `use` with it, and holds its bytes in the budget until `use` is done.
    ///
    /// `Content-Length` is looked at before a byte is read.
    /// - Throws: ``ProblemError`` 413 over the limit; 503 with `Retry-After` where the budget is used up; 400 where the
    ///   body ends before its announced length. And what `use` throws.
    public func withBody<R>(
        of request: Request, _ use: (ByteBuffer) async throws -> R
    ) async throws -> R {
        var intake = try self.intake(contentLength: request.headers[.contentLength])
        defer { intake.release() }
        do {
            for try await piece in request.body { try intake.add(piece) }
        } catch let error as HTTPParserError {
            guard error == .invalidEOFState else {
                let type = ProblemType.malformedRequest(error)
                throw ProblemError(type, type.detail(of: error))
            }
            // The connection broke: hardly anybody hears it, but what is counted is what happened.
            throw intake.cutOff
        }
        return try await use(try intake.finish())
    }

    /// Begins to take in a body that comes some other way.
    func intake(contentLength: String?) throws(ProblemError) -> BodyIntake {
        try BodyIntake(contentLength: contentLength, bytesMax: self.bytesMax, budget: self.budget)
    }
}
