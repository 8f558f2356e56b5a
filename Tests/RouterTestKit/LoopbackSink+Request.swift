import NIOCore

extension LoopbackSink {
    /// A request as it was received.
    public struct Request: Sendable {
        /// On which connection it came, counted from 1 in the order of acceptance.
        public var connection: Int
        public var method: String
        /// The request target: path and query.
        public var uri: String
        /// In the order in which they came, names as they were sent.
        public var headers: [(name: String, value: String)]
        public var body: ByteBuffer

        /// The value of a header without regard to case; of several, joined as RFC 9110 says.
        public subscript(_ header: String) -> String? {
            let values = self.values(of: header)
            return values.isEmpty ? nil : values.joined(separator: ", ")
        }

        /// All values of a header without regard to case, in order.
        public func values(of header: String) -> [String] {
            self.headers.filter { $0.name.lowercased() == header.lowercased() }.map { $0.value }
        }

        /// The body as UTF-8.
        public var text: String { String(buffer: self.body) }
    }
}
