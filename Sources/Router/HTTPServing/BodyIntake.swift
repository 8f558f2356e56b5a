import NIOCore

/// Takes in one request body, piece by piece, within its limit and the budget of all.
///
/// Bytes are charged as they arrive, not as they are announced: announcing a large body and sending nothing takes
/// nothing from others. Each value that was made needs one ``release()``.
struct BodyIntake {
    /// How far an announced length is believed before the bytes are there.
    private static let trustedBytes = 256 * 1024

    private let bytesMax: Int
    private let budget: InFlightBudget
    private let announced: Int?
    private var body: ByteBuffer?
    private(set) var charged = 0

    /// - Parameter contentLength: the header, where there is one.
    /// - Throws: ``ProblemError``: 400 for a length that is none; 413 over the limit; 503 where the budget is used up.
    init(contentLength: String?, bytesMax: Int, budget: InFlightBudget) throws(ProblemError) {
        self.bytesMax = bytesMax
        self.budget = budget
        if let contentLength {
            guard let length = Int(contentLength), length >= 0 else {
                throw ProblemError(.invalidRequest, "Content-Length must be a whole number")
            }
            self.announced = length
            guard length <= bytesMax else { throw Self.tooLarge(bytesMax) }
        } else {
            self.announced = nil
        }
        guard budget.enter() else { throw Self.overloaded }
        guard budget.hasRoom(for: self.announced ?? 0) else {
            budget.leave(bytes: 0)
            throw Self.overloaded
        }
    }

    /// - Throws: ``ProblemError``: 413 over the limit; 503 where the budget is used up.
    mutating func add(_ piece: ByteBuffer) throws(ProblemError) {
        let bytes = piece.readableBytes
        guard self.charged + bytes <= self.bytesMax else { throw Self.tooLarge(self.bytesMax) }
        guard self.budget.take(bytes: bytes) else { throw Self.overloaded }
        self.charged += bytes
        if self.body == nil {
            self.body = piece
            if let announced, announced > bytes {
                self.body?.reserveCapacity(minimumWritableBytes: min(announced - bytes, Self.trustedBytes))
            }
        } else {
            self.body?.writeImmutableBuffer(piece)
        }
    }

    /// The whole body.
    /// - Throws: ``ProblemError`` where it is shorter than announced.
    mutating func finish() throws(ProblemError) -> ByteBuffer {
        if let announced, self.charged != announced {
            throw ProblemError(
                .cutOff, "the body ended after \(self.charged) bytes where Content-Length announces \(announced)")
        }
        defer { self.body = nil }
        return self.body ?? ByteBuffer()
    }

    /// What is said where the connection broke.
    var cutOff: ProblemError {
        ProblemError(.cutOff, "the connection ended after \(self.charged) bytes of the body")
    }

    /// Gives back what was taken from the budget.
    func release() { self.budget.leave(bytes: self.charged) }

    private static func tooLarge(_ bytesMax: Int) -> ProblemError {
        ProblemError(
            .tooLarge, "the body may have at most \(bytesMax) bytes (limit 'bodyBytesMax')",
            members: [.init("limit", .string("bodyBytesMax")), .init("limitValue", .integer(bytesMax))])
    }

    private static var overloaded: ProblemError {
        ProblemError(
            .overloaded, "the router holds as many requests as it takes; send this one again later",
            retryAfterSeconds: 1)
    }
}
