import NIOCore

/// Keeps bytes under a key, outside the log.
public protocol ObjectStore: Sendable {
    /// What a reference to an object names beside its key: a URI, which holds no credentials.
    func reference(to key: String) -> String

    /// Puts an object where none is. Returns when it is durable; once it has returned, ``get(_:bytesMax:)`` finds it.
    ///
    /// - Parameters:
    ///   - key: 1...1,024 bytes of UTF-8.
    ///   - contentType: a media type; nil says nothing of what the bytes are.
    /// - Throws: ``ObjectStoreError``; then the object may be there all the same. `conflict` where another is.
    func put(_ key: String, _ bytes: ByteBuffer, contentType: String?) async throws(ObjectStoreError)

    /// The bytes of an object.
    ///
    /// - Parameter bytesMax: what is taken into memory at most, 0 and up.
    /// - Throws: ``ObjectStoreError``: `notFound`; `tooLarge` for an object over `bytesMax`; the others as they come.
    func get(_ key: String, bytesMax: Int) async throws(ObjectStoreError) -> ByteBuffer

    /// Whether the store answers and lets the caller in.
    /// - Throws: ``ObjectStoreError`` with what people are told.
    func probe() async throws(ObjectStoreError)
}
