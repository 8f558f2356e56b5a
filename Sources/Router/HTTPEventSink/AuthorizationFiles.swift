import NIOCore
import NIOPosix
import Subscriptions
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads what `Authorization` says from files, one of a tenant's each: `DIRECTORY/TENANT/NAME`. A file that changes is
/// read again within an interval.
final class AuthorizationFiles: Sendable {
    /// Why a file cannot be used. Says nothing of what is in it.
    struct Fault: Error {
        let text: String
    }

    private struct Reading {
        var value: Result<String, Fault>
        var readAt: NIODeadline
    }

    private let directory: String?
    private let interval: TimeAmount
    private let readingsMax: Int
    private let readings = Mutex<[String: Reading]>([:])

    init(configuration: HTTPEventSinkConfiguration) {
        self.directory = configuration.authorizationDirectory
        self.interval = .milliseconds(configuration.authorizationReadIntervalMilliseconds)
        self.readingsMax = configuration.preparedDestinationsMax
    }

    /// What the file says now, or said within the interval.
    func value(tenant: String, name: String) async throws(Fault) -> String {
        guard let directory else {
            throw Fault(text: "the router has no directory of authorizations (sink.authorizationDirectory)")
        }
        // Both are checked where they come from; a path that leaves the directory must not depend on that.
        guard SinkAuthorization.isFileName(name), !tenant.isEmpty, tenant.first != ".", !tenant.contains("/") else {
            throw Fault(text: "the authorization's file has no usable name")
        }
        let path = "\(directory)/\(tenant)/\(name)"
        let now = NIODeadline.now()
        let known = self.readings.withLock { $0[path] }
        if let known, now - known.readAt < self.interval { return try known.value.get() }
        let value = await Self.read(path)
        self.readings.withLock { readings in
            if readings.count >= self.readingsMax { readings = [:] }
            readings[path] = Reading(value: value, readAt: now)
        }
        return try value.get()
    }

    /// On a thread that may block: the directory may be somewhere in the network.
    private static func read(_ path: String) async -> Result<String, Fault> {
        let result = try? await NIOThreadPool.singleton.runIfActive { Self.contents(path) }
        return result ?? .failure(Fault(text: "the authorization's file cannot be read"))
    }

    private static func contents(_ path: String) -> Result<String, Fault> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return .failure(
                Fault(
                    text: errno == ENOENT
                        ? "the authorization's file is not there" : "the authorization's file cannot be read"))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: SubscriptionSecrets.authorizationBytesMax + 1)
        let count = bytes.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { return .failure(Fault(text: "the authorization's file cannot be read")) }
        guard count <= SubscriptionSecrets.authorizationBytesMax else {
            return .failure(
                Fault(text: "the authorization's file has more than \(SubscriptionSecrets.authorizationBytesMax) bytes")
            )
        }
        var text = bytes[..<count]
        while let last = text.last, [0x20, 0x09, 0x0a, 0x0d].contains(last) { text.removeLast() }
        let value = String(decoding: text, as: UTF8.self)
        guard !value.isEmpty, HeaderText.isValue(value) else {
            return .failure(Fault(text: "the authorization's file is not one line of a header"))
        }
        return .success(value)
    }
}

/// `read(2)`, whose name the type has taken.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
