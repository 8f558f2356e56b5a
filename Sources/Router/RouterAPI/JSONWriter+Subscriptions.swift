import EventDispatch
import FoundationEssentials
import NIOCore
import Subscriptions

extension JSONWriter {
    /// A subscription as it was asked for, and how it does.
    mutating func subscription(_ view: SubscriptionView) throws {
        let stored = view.stored
        let document = try JSONWriter.encoder.encode(SubscriptionDocument(stored.subscription))
        self.object { json in
            json.members(of: document)
            json.member("status", view.status.rawValue)
            if let reason = stored.statusReason { json.member("statusReason", reason) }
            json.member("lag", view.lag)
            json.member("lastError", view.lastError)
            json.member("lostOffsets", view.lostOffsets)
            json.time("createdAt", stored.createdAt)
            json.time("updatedAt", stored.updatedAt)
        }
    }

    /// Filters as an array of documents.
    mutating func filters(_ name: StaticString, _ filters: [Filter]) throws {
        let document = try JSONWriter.encoder.encode(filters)
        self.raw(name) { buffer in buffer.writeBytes(document) }
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
