import CloudEvents
import Crypto

extension WebhookMapping.Attribute {
    /// Bytes of a value; what is longer is cut off, an id hashed.
    private static let bytesMax = 2_048

    /// The text as the attribute may have it; nil where it can have nothing of it.
    func repaired(_ text: String) -> String? {
        switch self {
        case .source: return AttributeRepair.uriReference(text, bytesMax: Self.bytesMax)
        case .time: return WebhookTime.rfc3339(text)
        case .id, .partitionkey:
            guard text.utf8.count > Self.bytesMax else { return AttributeRepair.text(text, bytesMax: Self.bytesMax) }
            // Cut off, two of them could be the same.
            return "sha256-" + WebhookContent.hexadecimal(SHA256.hash(data: Array(text.utf8)))
        case .type, .subject: return AttributeRepair.text(text, bytesMax: Self.bytesMax)
        }
    }
}
