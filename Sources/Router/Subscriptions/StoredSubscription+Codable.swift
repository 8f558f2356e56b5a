import EventLog

/// The value in the compacted subscriptions topic. `v` is 1 and changes only with a form that older routers cannot
/// read; members that are not known are passed over, so that a newer router may add some.
extension StoredSubscription: Codable {
    private static let version: Int64 = 1

    /// Decodes a stored subscription. Values are not checked again: what was accepted once stays.
    /// - Throws: `DecodingError` where the version is another, or a member is absent or of the wrong type.
    public init(from decoder: any Decoder) throws {
        var reader = DocumentReader(try decoder.container(keyedBy: DocumentKey.self), isTolerant: true)
        let version = reader.integer("v")
        guard version == Self.version else {
            let found = version.map(String.init) ?? "none"
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath + [DocumentKey("v")],
                    debugDescription: "the form's version is \(found); this router reads \(Self.version): "
                        + "run one that is as new as the one that wrote it"))
        }
        for member in ["tenant", "subscription", "status", "generation", "revision", "createdAtMs", "updatedAtMs"]
        where !reader.has(member) { reader.note(member, detail: "is required") }
        let document = reader.object("subscription") { SubscriptionDocument(&$0) }
        if let document, document.id == nil { reader.note("subscription", "id", detail: "is required") }
        let status: Status? = reader.choice("status")
        let stored = StoredSubscription(
            subscription: Subscription(tenant: reader.string("tenant") ?? "", document),
            status: status ?? .active, statusReason: reader.string("statusReason"),
            generation: reader.string("generation") ?? "", revision: Int(clamping: reader.integer("revision") ?? 0),
            createdAt: Timestamp(milliseconds: reader.integer("createdAtMs") ?? 0),
            updatedAt: Timestamp(milliseconds: reader.integer("updatedAtMs") ?? 0),
            startOffsets: Self.offsets(&reader), createdOffset: reader.integer("createdOffset").map { Offset($0) },
            secrets: reader.object("secrets") { SealedSecrets(&$0) } ?? SealedSecrets(),
            agreement: reader.object("agreement") { SinkAgreement(&$0) } ?? nil)
        if let error = reader.decodingError(at: decoder.codingPath) { throw error }
        self = stored
    }

    private static func offsets(_ reader: inout DocumentReader) -> [TopicPartition: Offset] {
        let entries: [(TopicPartition, Offset)]? = reader.objects("startOffsets") { entry in
            for member in ["topic", "partition", "offset"] where !entry.has(member) {
                entry.note(member, detail: "is required")
            }
            guard let topic = entry.string("topic"), let partition = entry.integer("partition"),
                let offset = entry.integer("offset")
            else { return nil }
            return (TopicPartition(Topic(topic), Partition(Int32(clamping: partition))), Offset(offset))
        }
        return Dictionary(entries ?? []) { _, last in last }
    }

    /// Writes the stored form; offsets in order, so that the same value has the same bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: DocumentKey.self)
        try container.encode(Self.version, forKey: DocumentKey("v"))
        try container.encode(self.subscription.id.tenant, forKey: DocumentKey("tenant"))
        try container.encode(SubscriptionDocument(self.subscription), forKey: DocumentKey("subscription"))
        try container.encode(self.status.rawValue, forKey: DocumentKey("status"))
        try container.encodeIfPresent(self.statusReason, forKey: DocumentKey("statusReason"))
        try container.encode(self.generation, forKey: DocumentKey("generation"))
        try container.encode(self.revision, forKey: DocumentKey("revision"))
        try container.encode(self.createdAt.milliseconds, forKey: DocumentKey("createdAtMs"))
        try container.encode(self.updatedAt.milliseconds, forKey: DocumentKey("updatedAtMs"))
        try container.encodeIfPresent(self.createdOffset?.value, forKey: DocumentKey("createdOffset"))
        if !self.secrets.isEmpty {
            try self.secrets.encode(
                into: container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("secrets")))
        }
        if let agreement {
            try agreement.encode(
                into: container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("agreement")))
        }
        var offsets = container.nestedUnkeyedContainer(forKey: DocumentKey("startOffsets"))
        for (partition, offset) in self.startOffsets.sorted(by: { $0.key < $1.key }) {
            var entry = offsets.nestedContainer(keyedBy: DocumentKey.self)
            try entry.encode(partition.topic.name, forKey: DocumentKey("topic"))
            try entry.encode(partition.partition.value, forKey: DocumentKey("partition"))
            try entry.encode(offset.value, forKey: DocumentKey("offset"))
        }
    }
}

extension Subscription {
    /// What a stored document says; faults were noted by its reader.
    fileprivate init(tenant: String, _ document: SubscriptionDocument?) {
        self.init(
            id: SubscriptionID(tenant: tenant, name: document?.id ?? ""), source: document?.source,
            types: document?.types ?? [], filters: document?.filters ?? [], sink: document?.sink ?? "",
            protocolSettings: document?.protocolSettings ?? HTTPProtocolSettings(),
            config: document?.config ?? SubscriptionConfiguration())
    }
}
