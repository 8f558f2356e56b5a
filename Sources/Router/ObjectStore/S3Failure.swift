import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Why one try failed, and whether another may succeed.
struct S3Failure: Error {
    let error: ObjectStoreError
    /// The status of the answer; nil where there was none.
    let status: Int?
    let isTemporary: Bool

    init(_ error: ObjectStoreError, status: Int? = nil, isTemporary: Bool = false) {
        self.error = error
        self.status = status
        self.isTemporary = isTemporary
    }

    static func tooLarge(_ bytesMax: Int) -> S3Failure {
        S3Failure(ObjectStoreError(.tooLarge, "the object has more than \(bytesMax) bytes"))
    }

    /// What an answer of no 2xx means. Of the body only the code of S3 is told, a word.
    init(status: Int, body: ByteBuffer?) {
        let phrase = HTTPResponseStatus(statusCode: status).reasonPhrase
        let word = body.flatMap { Self.code(in: String(buffer: $0)) }
        let text = "\(status) \(phrase)" + (word.map { " (\($0))" } ?? "")
        let (code, isTemporary): (ObjectStoreError.Code, Bool) =
            switch status {
            case 404: (.notFound, false)
            case 401, 403: (.denied, false)
            case 412: (.conflict, false)
            // Two conditional puts at once; and clocks apart, requests too slow, too many, or a store in trouble.
            case 409, 408, 425, 429, 500...599: (.unavailable, true)
            default: (.refused, false)
            }
        self.init(ObjectStoreError(code, text), status: status, isTemporary: isTemporary)
    }

    /// What a connection's failure means; nothing of the URL or of headers is told.
    init(of error: any Error) {
        switch error {
        case let failure as S3Failure: self = failure
        case is CancellationError: self.init(ObjectStoreError(.cancelled, "cancelled"))
        case let error as HTTPClientError where error == .cancelled:
            self.init(ObjectStoreError(.cancelled, "cancelled"))
        case let error as HTTPClientError:
            self.init(ObjectStoreError(.unavailable, error.shortDescription.lowercased()), isTemporary: true)
        case is NIOConnectionError:
            self.init(ObjectStoreError(.unavailable, "the store cannot be reached"), isTemporary: true)
        case let error as IOError:
            self.init(ObjectStoreError(.unavailable, "I/O error \(error.errnoCode)"), isTemporary: true)
        default:
            self.init(
                ObjectStoreError(.unavailable, "failed: \(String(describing: type(of: error)))"), isTemporary: true)
        }
    }

    /// The text between `<Code>` and `</Code>`, if it is a word.
    static func code(in document: String) -> String? {
        guard let start = document.firstRange(of: "<Code>")?.upperBound,
            let end = document[start...].firstRange(of: "</Code>")?.lowerBound
        else { return nil }
        let word = document[start..<end]
        let isWord =
            (1...64).contains(word.utf8.count)
            && word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == 0x2e || byte == 0x5f
            }
        return isWord ? String(word) : nil
    }
}
