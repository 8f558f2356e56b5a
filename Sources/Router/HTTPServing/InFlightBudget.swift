import Synchronization

/// How many requests, and how many bytes of their bodies, are held at once. Whatever does not fit is refused before it
/// is read, so memory does not grow with the load.
public final class InFlightBudget: Sendable {
    /// Bytes of bodies held at once, at most.
    public let bytesMax: Int
    /// Requests held at once, at most.
    public let requestsMax: Int

    private let heldBytes = Atomic<Int>(0)
    private let heldRequests = Atomic<Int>(0)

    /// An empty budget.
    /// - Parameters:
    ///   - bytesMax: at least the largest body taken, or such a body never fits.
    ///   - requestsMax: at least 1.
    public init(bytesMax: Int, requestsMax: Int) {
        self.bytesMax = bytesMax
        self.requestsMax = requestsMax
    }

    /// Bytes held now.
    public var bytes: Int { self.heldBytes.load(ordering: .relaxed) }
    /// Requests held now.
    public var requests: Int { self.heldRequests.load(ordering: .relaxed) }

    /// Takes a place for one request; false where all are taken. Each success needs one ``leave(bytes:)``.
    func enter() -> Bool {
        if self.heldRequests.add(1, ordering: .relaxed).newValue <= self.requestsMax { return true }
        self.heldRequests.subtract(1, ordering: .relaxed)
        return false
    }

    /// Gives back the place and all bytes of a request.
    func leave(bytes: Int) {
        if bytes > 0 { self.heldBytes.subtract(bytes, ordering: .relaxed) }
        self.heldRequests.subtract(1, ordering: .relaxed)
    }

    /// Takes bytes; false where they do not fit, and then none are taken.
    func take(bytes: Int) -> Bool {
        if self.heldBytes.add(bytes, ordering: .relaxed).newValue <= self.bytesMax { return true }
        self.heldBytes.subtract(bytes, ordering: .relaxed)
        return false
    }

    /// Whether so many bytes would fit now.
    func hasRoom(for bytes: Int) -> Bool { self.bytes + bytes <= self.bytesMax }
}
