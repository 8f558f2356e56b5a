/// A certificate or key for sinks that cannot be used. Says nothing of what is in the file.
public struct SinkCertificateError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
