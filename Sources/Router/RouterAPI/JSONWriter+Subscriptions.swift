import CloudEvents
import EventDispatch
import EventLog
import FoundationEssentials
import NIOCore
import Subscriptions

extension JSONWriter {
    /// A subscription as it was asked for, and how it does.
    mutating func subscription(_ view: SubscriptionView) throws {
        let stored = view.stored
        let document = try JSONWriter.document(of: stored.subscription)
        self.object { json in
            json.members(of: document)
            json.member("status", view.status.rawValue)
            if let reason = stored.statusReason { json.member("statusReason", reason) }
            json.member("lag", view.lag)
            json.member("lastError", view.lastError)
            json.member("lostOffsets", view.lostOffsets)
            let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            let signing = stored.secrets.signing.filter { $0.isActive(at: now) }
            if !signing.isEmpty { json.signingKeys(signing) }
            if let agreement = stored.agreement, stored.subscription.sink == agreement.sink {
                json.object("agreement") { json in
                    json.time("agreedAt", agreement.agreedAt)
                    if let rate = agreement.requestsPerMinute { json.member("requestsPerMinute", rate) }
                }
            }
            json.time("createdAt", stored.createdAt)
            json.time("updatedAt", stored.updatedAt)
        }
    }

    /// What may be known of secrets by all who may see the subscription.
    private mutating func signingKeys(_ secrets: [SealedSecrets.SigningSecret]) {
        self.array("signingKeys") { json in
            for secret in secrets {
                json.object { json in
                    if let key = secret.publicKey { json.member("publicKey", key) }
                    json.time("createdAt", secret.createdAt)
                    if let end = secret.expiresAt { json.time("expiresAt", end) }
                }
            }
        }
    }

    /// Filters as an array of documents.
    mutating func filters(_ name: StaticString, _ filters: [Filter]) throws {
        let document = try JSONWriter.encoder.encode(filters)
        self.raw(name) { buffer in buffer.writeBytes(document) }
    }

    /// With the transform as the text that it is, which no encoder writes.
    private static func document(of subscription: Subscription) throws -> [UInt8] {
        var document = SubscriptionDocument(subscription)
        let transform = document.config.transform
        document.config.transform = nil
        var bytes = Array(try self.encoder.encode(document))
        guard let transform,
            let config = try JSONMembers.range(
                at: ["config"], in: ByteBuffer(bytes: bytes), nestingMax: JSONGrammar.depthMax)
        else { return bytes }
        bytes.insert(contentsOf: Array(",\"transform\":\(transform)".utf8), at: config.upperBound - 1)
        return bytes
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
