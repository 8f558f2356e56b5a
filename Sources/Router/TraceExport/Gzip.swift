import CZlib
import NIOCore

/// Compression in the format of gzip (RFC 1952).
enum Gzip {
    /// 16 more bits of window than zlib's own format has: a header of gzip.
    private static let windowBits: Int32 = 15 + 16

    /// The bytes compressed; nil where zlib has no memory for it.
    static func compressed(_ bytes: ByteBuffer) -> ByteBuffer? {
        var stream = z_stream()
        let begun = deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, Self.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var (input, output) = (bytes, ByteBuffer())
        let bound = Int(deflateBound(&stream, UInt(bytes.readableBytes)))
        let written = input.withUnsafeMutableReadableBytes { source in
            stream.next_in = source.bindMemory(to: UInt8.self).baseAddress
            stream.avail_in = UInt32(source.count)
            return output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
                stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH) == Z_STREAM_END ? target.count - Int(stream.avail_out) : 0
            }
        }
        return written > 0 ? output : nil
    }
}
