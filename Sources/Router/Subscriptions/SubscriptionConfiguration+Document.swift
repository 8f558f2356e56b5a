import CloudEvents
import WebhookSignatures

extension SubscriptionConfiguration {
    /// Reads `config`. Ranges are not looked at here.
    /// - Parameter secrets: takes the secrets of `signing`, where there are any.
    init(_ reader: inout DocumentReader, secrets: inout [String]?) {
        self.init()
        if let ordering: Ordering = reader.choice("ordering") { self.ordering = ordering }
        if let concurrency = reader.integer("concurrency") { self.concurrency = Int(clamping: concurrency) }
        if let mode: ContentMode = reader.choice("mode") { self.mode = mode }
        let batch: (Int64?, Int64?)? = reader.object("batch") { batch in
            defer { batch.refuseMembers(except: ["max", "lingerMs"]) }
            return (batch.integer("max"), batch.integer("lingerMs"))
        }
        if let max = batch?.0 { self.batchMax = Int(clamping: max) }
        if let linger = batch?.1 { self.batchLingerMilliseconds = linger }
        if let timeout = reader.integer("timeoutMs") { self.timeoutMilliseconds = timeout }
        if let retry = reader.object("retry", { RetryConfiguration(&$0) }) { self.retry = retry }
        if let deadLetter = reader.boolean("deadLetter") { self.deadLetter = deadLetter }
        if let start = Start(&reader) { self.start = start }
        let rate: Double?? = reader.object("rateLimit") { limit in
            defer { limit.refuseMembers(except: ["perSecond"]) }
            if !limit.has("perSecond") { limit.note("perSecond", detail: "is required: requests a second, such as 10") }
            return limit.number("perSecond")
        }
        if case .some(.some(let perSecond)) = rate { self.rateLimitPerSecond = perSecond }
        let signing: (WebhookSigner.Scheme?, [String]?)? = reader.object("signing") { signing in
            defer { signing.refuseMembers(except: ["scheme", "secrets"]) }
            return (signing.has("scheme") ? signing.choice("scheme") : .hmacSHA256, signing.strings("secrets"))
        }
        self.signing = signing?.0
        secrets = signing?.1
        // What people write is taken from the text of their document. What is stored is a text in itself; where it is
        // not, it is of a form from before, and nothing may be sent until it was taken from there.
        if reader.isTolerant, reader.has("transform") {
            self.transform = (try? reader.container.decode(String.self, forKey: DocumentKey("transform"))) ?? ""
        }
        reader.refuseMembers(
            except: [
                "ordering", "concurrency", "mode", "batch", "timeoutMs", "retry", "deadLetter", "start", "rateLimit",
                "signing", "transform",
            ])
    }

    /// Writes `config`, all members that have a value.
    func encode(into container: KeyedEncodingContainer<DocumentKey>) throws {
        var container = container
        try container.encode(self.ordering.rawValue, forKey: DocumentKey("ordering"))
        try container.encode(self.concurrency, forKey: DocumentKey("concurrency"))
        try container.encode(self.mode.rawValue, forKey: DocumentKey("mode"))
        var batch = container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("batch"))
        try batch.encode(self.batchMax, forKey: DocumentKey("max"))
        try batch.encode(self.batchLingerMilliseconds, forKey: DocumentKey("lingerMs"))
        try container.encode(self.timeoutMilliseconds, forKey: DocumentKey("timeoutMs"))
        var retry = container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("retry"))
        try retry.encode(self.retry.attemptsMax, forKey: DocumentKey("maxAttempts"))
        try retry.encode(self.retry.delayMinMilliseconds, forKey: DocumentKey("minDelayMs"))
        try retry.encode(self.retry.delayMaxMilliseconds, forKey: DocumentKey("maxDelayMs"))
        try retry.encode(self.retry.ageMaxMilliseconds, forKey: DocumentKey("maxAgeMs"))
        try container.encode(self.deadLetter, forKey: DocumentKey("deadLetter"))
        try self.start.encode(into: &container)
        if let rate = self.rateLimitPerSecond {
            var limit = container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("rateLimit"))
            try limit.encode(rate, forKey: DocumentKey("perSecond"))
        }
        if let signing {
            var settings = container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("signing"))
            try settings.encode(signing.rawValue, forKey: DocumentKey("scheme"))
        }
        try container.encodeIfPresent(self.transform, forKey: DocumentKey("transform"))
    }
}

extension RetryConfiguration {
    /// Reads `config.retry`.
    init(_ reader: inout DocumentReader) {
        self.init()
        if let attempts = reader.integer("maxAttempts") { self.attemptsMax = Int(clamping: attempts) }
        if let delay = reader.integer("minDelayMs") { self.delayMinMilliseconds = delay }
        if let delay = reader.integer("maxDelayMs") { self.delayMaxMilliseconds = delay }
        if let age = reader.integer("maxAgeMs") { self.ageMaxMilliseconds = age }
        reader.refuseMembers(except: ["maxAttempts", "minDelayMs", "maxDelayMs", "maxAgeMs"])
    }
}

extension SubscriptionConfiguration.Start {
    private static let mend =
        "must be \"latest\", \"earliest\", an RFC 3339 time such as \"2026-01-31T12:00:00Z\", "
        + "or {\"topic\", \"partition\", \"offset\"}"

    /// Reads `start`, a string or an object; nil: it is absent, or wrong and noted.
    fileprivate init?(_ reader: inout DocumentReader) {
        guard reader.has("start") else { return nil }
        if let text = try? reader.container.decode(String.self, forKey: DocumentKey("start")) {
            switch text {
            case "latest": self = .latest
            case "earliest": self = .earliest
            default:
                guard let milliseconds = RFC3339.milliseconds(text) else {
                    reader.note("start", detail: "\(Self.mend); it is \(ExplanationText.quoted(text))")
                    return nil
                }
                self = .time(milliseconds: milliseconds)
            }
        } else if (try? reader.container.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey("start")))
            != nil
        {
            guard let start = reader.object("start", { Self.position(&$0) }) ?? nil else { return nil }
            self = start
        } else {
            reader.note("start", detail: Self.mend)
            return nil
        }
    }

    private static func position(_ reader: inout DocumentReader) -> Self? {
        defer { reader.refuseMembers(except: ["topic", "partition", "offset"]) }
        for member in ["topic", "partition", "offset"] where !reader.has(member) {
            reader.note(member, detail: "is required: a position has topic, partition and offset")
        }
        let (topic, partition, offset) = (reader.string("topic"), reader.integer("partition"), reader.integer("offset"))
        guard let topic, let partition, let offset else { return nil }
        return .offset(topic: topic, partition: Int32(clamping: partition), offset: offset)
    }

    fileprivate func encode(into container: inout KeyedEncodingContainer<DocumentKey>) throws {
        let key = DocumentKey("start")
        switch self {
        case .latest: try container.encode("latest", forKey: key)
        case .earliest: try container.encode("earliest", forKey: key)
        case .time(let milliseconds): try container.encode(RFC3339.text(milliseconds: milliseconds), forKey: key)
        case .offset(let topic, let partition, let offset):
            var position = container.nestedContainer(keyedBy: DocumentKey.self, forKey: key)
            try position.encode(topic, forKey: DocumentKey("topic"))
            try position.encode(partition, forKey: DocumentKey("partition"))
            try position.encode(offset, forKey: DocumentKey("offset"))
        }
    }
}
