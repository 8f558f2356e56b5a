/// A subscription as people write it and get it back: the object of the CloudEvents Subscriptions API (section 3.2.1)
/// with the `config` of this router.
///
/// A transform is no part of what is decoded: its text is taken out of the document, so that it stays as it was
/// written. What is encoded has the text as a string, which is how it is stored.
///
/// Decoding takes what has the right form and notes in ``violations`` what has not, so that
/// ``subscription(tenant:defaultName:)`` can say everything that is wrong at once.
public struct SubscriptionDocument: Sendable, Codable {
    /// What the subscription shall be called; nil: the router chooses.
    public var id: String?
    /// Only events of exactly this source; not empty, at most 2048 bytes.
    public var source: String?
    /// Only events of one of these types, at most 100 of at most 2048 bytes; empty: of any.
    public var types: [String]
    /// All must hold; at most 100, and within the limits of ``CompiledFilter``.
    public var filters: [Filter]
    /// An absolute URL that ``SinkURL`` takes, or a ``TopicSink``.
    public var sink: String
    /// Must be `HTTP`; for a ``TopicSink`` `KAFKA`, which may be left out.
    public var `protocol`: String
    /// `protocolsettings`: headers and method of the requests.
    public var protocolSettings: HTTPProtocolSettings
    /// How events are delivered.
    public var config: SubscriptionConfiguration
    /// What was given to be kept and not shown; written into no document.
    public var secrets: SubscriptionSecrets
    /// What decoding found wrong: wrong types, unknown members, unsupported dialects. Empty where built by hand.
    public private(set) var violations: [SubscriptionValidationError.Violation] = []

    /// A document by hand; ``subscription(tenant:defaultName:)`` checks it like one from outside.
    public init(
        id: String? = nil, source: String? = nil, types: [String] = [], filters: [Filter] = [], sink: String,
        protocol: String? = nil, protocolSettings: HTTPProtocolSettings = HTTPProtocolSettings(),
        config: SubscriptionConfiguration = SubscriptionConfiguration(),
        secrets: SubscriptionSecrets = SubscriptionSecrets()
    ) {
        self.id = id
        self.source = source
        self.types = types
        self.filters = filters
        self.sink = sink
        self.protocol = `protocol` ?? Self.protocol(of: sink)
        self.protocolSettings = protocolSettings
        self.config = config
        self.secrets = secrets
    }

    /// The document of a subscription, all members written out.
    public init(_ subscription: Subscription) {
        self.init(
            id: subscription.id.name, source: subscription.source, types: subscription.types,
            filters: subscription.filters, sink: subscription.sink, protocolSettings: subscription.protocolSettings,
            config: subscription.config)
    }

    /// Decodes a document.
    /// - Throws: `DecodingError` only where it is no JSON object; everything else is noted in ``violations``.
    public init(from decoder: any Decoder) throws {
        var reader = DocumentReader(try decoder.container(keyedBy: DocumentKey.self))
        self.init(&reader)
        self.violations = reader.violations
    }

    init(_ reader: inout DocumentReader) {
        let sink = Self.required("sink", &reader)
        var secrets = SubscriptionSecrets()
        self.init(
            id: reader.string("id"), source: reader.string("source"), types: reader.strings("types") ?? [],
            filters: FilterReader.filters(&reader, "filters") ?? [], sink: sink,
            protocol: reader.has("protocol") || !TopicSink.isMeant(by: sink)
                ? Self.required("protocol", &reader) : nil,
            protocolSettings: reader.object("protocolsettings") {
                HTTPProtocolSettings(&$0, secret: &secrets.authorization)
            } ?? HTTPProtocolSettings(),
            config: reader.object("config") { SubscriptionConfiguration(&$0, secrets: &secrets.signing) }
                ?? SubscriptionConfiguration())
        self.secrets = secrets
        reader.refuseMembers(
            except: ["id", "source", "types", "filters", "sink", "protocol", "protocolsettings", "config"])
    }

    /// What events are sent to a sink by.
    static func `protocol`(of sink: String) -> String { TopicSink.isMeant(by: sink) ? "KAFKA" : "HTTP" }

    private static func required(_ member: String, _ reader: inout DocumentReader) -> String {
        if !reader.has(member) {
            let example = member == "sink" ? "an absolute URL such as \"https://example.com/in\"" : "\"HTTP\""
            reader.note(member, detail: "is required: \(example)")
        }
        return reader.string(member) ?? ""
    }

    /// Writes the document. What decoding noted is not written.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: DocumentKey.self)
        try container.encodeIfPresent(self.id, forKey: DocumentKey("id"))
        try container.encodeIfPresent(self.source, forKey: DocumentKey("source"))
        if !self.types.isEmpty { try container.encode(self.types, forKey: DocumentKey("types")) }
        if !self.filters.isEmpty { try container.encode(self.filters, forKey: DocumentKey("filters")) }
        try container.encode(self.sink, forKey: DocumentKey("sink"))
        try container.encode(self.protocol, forKey: DocumentKey("protocol"))
        if !TopicSink.isMeant(by: self.sink) {
            try self.encodeSettings(into: &container)
        }
        try self.config.encode(
            into: container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("config")))
    }

    private func encodeSettings(into container: inout KeyedEncodingContainer<DocumentKey>) throws {
        try self.protocolSettings.encode(
            into: container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("protocolsettings")))
    }
}
