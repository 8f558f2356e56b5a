import CloudEvents
import FoundationEssentials
import NIOCore
import Subscriptions

extension StoredSubscription {
    /// Arrays and objects inside each other in a record: what a body may have, and what is around it.
    private static let nestingMax = 256

    /// Reads the value of a record.
    /// - Throws: `DecodingError`.
    init(record value: ByteBuffer) throws {
        self = try JSONDecoder().decode(StoredSubscription.self, from: Data(value.readableBytesView))
        // Transforms were stored as JSON at first, and are a text only where they are taken out as one.
        guard self.subscription.config.transform == "" else { return }
        let text = try JSONMembers.text(
            at: ["subscription", "config", "transform"], in: value, nestingMax: Self.nestingMax)
        if let text { self.subscription.config.transform = String(buffer: text) }
    }
}
