import Crypto
import NIOCore

/// What tells that data are those that were parked.
enum DataHash {
    /// SHA-256, 64 characters of lower-case hexadecimal.
    static func sha256(of data: ByteBuffer) -> String {
        var hash = SHA256()
        data.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
