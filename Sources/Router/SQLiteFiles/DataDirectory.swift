import EventLog
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The directory of a store's files, held by one process through an advisory lock on `lock` in it.
package final class DataDirectory: Sendable {
    package let path: String
    private let lockDescriptor: Mutex<Int32?>

    /// Makes the directory where it is missing, and takes its lock.
    /// - Throws: `unavailable` where another process has it, or it cannot be made.
    package init(path: String) throws(EventLogError) {
        self.path = path
        try Self.makeDirectory(path)
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EventLogError(
                .unavailable, "cannot write into '\(path)' (\(Self.reason())): check its owner and mode")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = Self.reason()
            close(descriptor)
            throw EventLogError(
                .unavailable,
                isHeld
                    ? "the directory '\(path)' is in use by another process: stop it, or choose another directory"
                    : "cannot lock '\(path)/lock' (\(reason))")
        }
        self.lockDescriptor = Mutex(descriptor)
    }

    deinit { self.release() }

    /// Gives the lock back. The files must be closed before.
    package func release() {
        let descriptor = self.lockDescriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let descriptor { close(descriptor) }
    }

    /// Makes an empty file that only its owner reads, before SQLite would make it for all.
    /// SQLite's `-wal` and `-shm` files take over the mode.
    package func makeFile(_ name: String) throws(EventLogError) {
        let descriptor = open(self.path + "/" + name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EventLogError(.unavailable, "cannot make '\(self.path)/\(name)' (\(Self.reason()))")
        }
        close(descriptor)
    }

    /// Removes a database and its side files.
    package func removeDatabase(_ name: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(self.path + "/" + name + suffix) }
    }

    /// Makes the names of new files durable.
    package func synchronize() throws(EventLogError) {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw EventLogError(.unavailable, "cannot open '\(self.path)' (\(Self.reason()))")
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw EventLogError(.unavailable, "cannot sync '\(self.path)' (\(Self.reason()))")
        }
    }

    /// Bytes of a file; 0 where there is none.
    package func fileSize(_ name: String) -> Int64 {
        var status = stat()
        return stat(self.path + "/" + name, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func makeDirectory(_ path: String) throws(EventLogError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(component) : "/" + component
            if mkdir(prefix, 0o700) != 0, errno != EEXIST, errno != EISDIR {
                var status = stat()
                guard stat(prefix, &status) == 0 else {
                    throw EventLogError(.unavailable, "cannot make the directory '\(prefix)' (\(Self.reason()))")
                }
            }
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
