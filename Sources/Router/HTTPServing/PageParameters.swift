import Hummingbird

/// `limit` and `cursor` of a list (`?limit=1..200&cursor=…`).
public struct PageParameters: Sendable, Hashable {
    /// Items that a page has at most.
    public static let limitMax = 200
    /// Items of a page where nothing is said.
    public static let limitDefault = 50
    /// Bytes that a cursor has at most: one of a search names every partition, some 12 bytes each.
    public static let cursorBytesMax = 16_384

    /// `1...200`.
    public var limit: Int
    /// What an earlier page gave; nil for the first page. Opaque here.
    public var cursor: String?

    /// Reads the parameters of a request.
    /// - Throws: 400 `invalid-request` with the parameter at fault.
    public init(of request: Request) throws(ProblemError) {
        let parameters = request.uri.queryParameters
        self.limit = Self.limitDefault
        if let text = parameters["limit"] {
            guard let limit = Int(text), (1...Self.limitMax).contains(limit) else {
                throw Self.fault("limit", "must be a whole number from 1 to \(Self.limitMax)")
            }
            self.limit = limit
        }
        self.cursor = nil
        if let text = parameters["cursor"], !text.isEmpty {
            guard text.utf8.count <= Self.cursorBytesMax else {
                throw Self.fault("cursor", "must have at most \(Self.cursorBytesMax) bytes")
            }
            self.cursor = String(text)
        }
    }

    private static func fault(_ name: String, _ detail: String) -> ProblemError {
        ProblemError(
            .invalidRequest, "the query parameter '\(name)' \(detail)",
            errors: [.init(pointer: "query:\(name)", detail: detail)])
    }
}
