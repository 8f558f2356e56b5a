import AsyncHTTPClient
import Delivery
import NIOCore
import NIOHTTP1
import NIOPosix
import NetworkGuard

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension AttemptReport {
    /// What a status means: 2xx done; 408, 425, 429 and 5xx try again; 410 gone; other 4xx and 3xx rejected.
    ///
    /// A status outside 100...599 counts as 5xx (RFC 9110, section 15).
    /// `Retry-After` is obeyed with every status that is tried again.
    static func meaning(ofStatus status: Int, retryAfterMilliseconds: Int64?) -> Meaning {
        switch status {
        case 200...299: .delivered
        case 408, 425, 429: .retry(afterMilliseconds: retryAfterMilliseconds)
        case 410: .gone
        case 300...499: .rejected
        default: .retry(afterMilliseconds: retryAfterMilliseconds)
        }
    }

    /// `503 Service Unavailable`; the sink's own words are not repeated. Nil for 2xx.
    static func text(ofStatus status: Int) -> String? {
        guard !(200...299).contains(status) else { return nil }
        let phrase = HTTPResponseStatus(statusCode: status).reasonPhrase
        let text = phrase.isEmpty ? String(status) : "\(status) \(phrase)"
        return (300...399).contains(status) ? "\(text) (redirects are not followed)" : text
    }

    /// A failure in a few words, without the URL, headers or anything else that came from outside.
    static func text(of error: any Error) -> String {
        switch error {
        case let refusal as AddressRefusal: self.text(of: refusal)
        case let error as HTTPClientError: self.text(of: error)
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { self.text(of: $0.error) } ?? "host name not resolved"
        case is SocketAddressError.UnknownHost, is NoAddress: "host name not resolved"
        case let error as IOError: self.text(ofErrno: error.errnoCode)
        case is HTTPParserError: "malformed response"
        case let error as ChannelError:
            switch error {
            case .connectTimeout: "connect timeout"
            default: "connection closed"
            }
        case is CancellationError: "cancelled"
        default:
            // There are many kinds of them; the module's name is enough to tell them.
            String(reflecting: type(of: error)).hasPrefix("NIOSSL.")
                ? "TLS failed" : "failed: \(String(describing: type(of: error)))"
        }
    }

    /// Without the address: it is the sink's owner who reads this, and the network may be somebody else's.
    private static func text(of refusal: AddressRefusal) -> String {
        "the sink's address is not allowed: it is \(refusal.addressClass.phrase)"
    }

    private static func text(of error: HTTPClientError) -> String {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout: "timeout"
        case .connectTimeout: "connect timeout"
        case .tlsHandshakeTimeout: "TLS handshake timeout"
        case .getConnectionFromPoolTimeout: "no free connection to the destination in time"
        case .remoteConnectionClosed: "connection closed"
        case .cancelled: "cancelled"
        case .alreadyShutdown: "the sink is shut down"
        default: error.shortDescription.lowercased()
        }
    }

    private static func text(ofErrno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "connection reset"
        case ETIMEDOUT: "connect timeout"
        case EHOSTUNREACH, ENETUNREACH: "host unreachable"
        case EMFILE, ENFILE: "too many open files"
        default: "I/O error \(code)"
        }
    }
}
