import Identity
import NIOCore
import NIOHTTP1

/// A whole request on its direct way.
public struct DirectRequest: Sendable {
    /// Method, address and headers.
    public var head: HTTPRequestHead
    /// Who calls, as the route said when it let the request in.
    public var caller: Caller
    /// The body, within the limit of the server.
    public var body: ByteBuffer
    /// When the head was read.
    public var start: NIODeadline
}
