import HTTPTypes
import NIOCore

/// What the API answered.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var body: ByteBuffer

    var text: String { String(buffer: self.body) }

    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { self.headers[$0] }
    }

    func json() throws -> JSON { try JSON(self.body) }

    /// The pointers of a problem, in order.
    func pointers() throws -> [String] {
        try self.json()["errors"]?.array.compactMap { $0["pointer"]?.string } ?? []
    }
}
