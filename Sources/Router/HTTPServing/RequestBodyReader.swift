import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Reads whole request bodies within limits.
public struct RequestBodyReader: Sendable {
    /// How far an announced length is believed before the bytes are there.
    private static let trustedBytes = 256 * 1024

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
    /// `Content-Length` is looked at before a byte is read. Bytes are charged as they arrive, not as they are
    /// announced: announcing a large body and sending nothing takes nothing from others.
    /// - Throws: ``ProblemError`` 413 over the limit; 503 with `Retry-After` where the budget is used up; 400 where the
    ///   body ends before its announced length. And what `use` throws.
    public func withBody<R>(
        of request: Request, _ use: (ByteBuffer) async throws -> R
    ) async throws -> R {
        let announced = try self.announcedLength(of: request)
        guard self.budget.enter() else { throw self.overloaded() }
        var charged = 0
        defer { self.budget.leave(bytes: charged) }
        guard self.budget.hasRoom(for: announced ?? 0) else { throw self.overloaded() }
        let body = try await self.collect(request, announced: announced, charged: &charged)
        return try await use(body)
    }

    private func announcedLength(of request: Request) throws(ProblemError) -> Int? {
        guard let text = request.headers[.contentLength] else { return nil }
        guard let length = Int(text), length >= 0 else {
            throw ProblemError(.invalidRequest, "Content-Length must be a whole number")
        }
        guard length <= self.bytesMax else { throw self.tooLarge() }
        return length
    }

    private func collect(
        _ request: Request, announced: Int?, charged: inout Int
    ) async throws -> ByteBuffer {
        do {
            return try await self.read(request, announced: announced, charged: &charged)
        } catch is HTTPParserError {
            // The connection broke: hardly anybody hears it, but what is counted is what happened.
            throw ProblemError(.cutOff, "the connection ended after \(charged) bytes of the body")
        }
    }

    private func read(_ request: Request, announced: Int?, charged: inout Int) async throws -> ByteBuffer {
        var body: ByteBuffer?
        for try await chunk in request.body {
            let bytes = chunk.readableBytes
            guard charged + bytes <= self.bytesMax else { throw self.tooLarge() }
            guard self.budget.take(bytes: bytes) else { throw self.overloaded() }
            charged += bytes
            if body == nil {
                body = chunk
                if let announced, announced > bytes {
                    body?.reserveCapacity(minimumWritableBytes: min(announced - bytes, Self.trustedBytes))
                }
            } else {
                body?.writeImmutableBuffer(chunk)
            }
        }
        if let announced, charged != announced {
            throw ProblemError(
                .cutOff, "the body ended after \(charged) bytes where Content-Length announces \(announced)")
        }
        return body ?? ByteBuffer()
    }

    private func tooLarge() -> ProblemError {
        ProblemError(
            .tooLarge, "the body may have at most \(self.bytesMax) bytes (limit 'bodyBytesMax')",
            members: [.init("limit", .string("bodyBytesMax")), .init("limitValue", .integer(self.bytesMax))])
    }

    private func overloaded() -> ProblemError {
        ProblemError(
            .overloaded, "the router holds as many requests as it takes; send this one again later",
            retryAfterSeconds: 1)
    }
}
