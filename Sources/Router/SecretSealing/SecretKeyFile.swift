#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A key in a file of its own, made where there is none.
public enum SecretKeyFile {
    /// No ring is larger.
    private static let bytesMax = 4_096

    /// The text of the file. Where there is none, a new key is made, which only the file's owner may read, and which is
    /// durable before it is used.
    /// - Throws: ``SecretSealingError`` where the file cannot be read or made, or others may read it.
    public static func contents(orMake path: String) throws(SecretSealingError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            defer { close(descriptor) }
            return try self.read(descriptor, path)
        }
        guard errno == ENOENT else { throw self.failure("cannot be read", path) }
        return try self.make(path)
    }

    private static func read(_ descriptor: Int32, _ path: String) throws(SecretSealingError) -> String {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw self.failure("cannot be read", path) }
        guard status.st_mode & 0o077 == 0 else {
            throw SecretSealingError("'\(path)' can be read by others: run 'chmod 600' on it")
        }
        var bytes = [UInt8](repeating: 0, count: self.bytesMax)
        let count = bytes.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw self.failure("cannot be read", path) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Under another name first: a crash leaves no half of a key.
    private static func make(_ path: String) throws(SecretSealingError) -> String {
        let draft = path + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw self.failure("cannot be made", path) }
        defer { close(descriptor) }
        let text = SecretKeyring.makeKey() + "\n"
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
            rename(draft, path) == 0
        else { throw self.failure("cannot be made", path) }
        try self.synchronize(directoryOf: path)
        return text
    }

    private static func synchronize(directoryOf path: String) throws(SecretSealingError) {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(parent.isEmpty ? "/" : parent, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw self.failure("cannot be made durable", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw self.failure("cannot be made durable", path) }
    }

    private static func failure(_ what: String, _ path: String) -> SecretSealingError {
        SecretSealingError("'\(path)' \(what): \(String(cString: strerror(errno)))")
    }
}

/// `read(2)`, whose name the type has taken.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
