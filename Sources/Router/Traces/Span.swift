import CloudEvents

/// One piece of work in a trace, when it is over (OpenTelemetry, "Trace API", Span).
public struct Span: Sendable, Hashable {
    /// What part the work has in its trace; the numbers of OTLP.
    public enum Kind: UInt8, Sendable {
        case server = 2
        case client = 3
        case producer = 4
        case consumer = 5
    }

    /// What an attribute may say.
    public enum Value: Sendable, Hashable {
        case text(String)
        case integer(Int64)
    }

    /// Links of one span at most; those beyond are left out.
    public static let linksMax = 128
    /// Bytes of a text at most, as UTF-8; longer ones are cut.
    public static let textBytesMax = 1_024

    /// The trace, this span as `parentID` of what it causes, and the flags that go with it.
    public var context: TraceParent
    /// The span that caused this one; nil: it is the first of its trace.
    public var parentID: UInt64?
    /// Whether that one is another program's.
    public var hasRemoteParent: Bool
    /// What came with the trace, as it came.
    public var traceState: String?
    /// Of few different values: what is done, and where.
    public var name: String
    /// What part the work has in its trace.
    public var kind: Kind
    /// Nanoseconds since the epoch.
    public var start: UInt64
    /// Nanoseconds since the epoch, no less than `start`.
    public var end: UInt64
    public private(set) var attributes: [(name: SpanAttributeName, value: Value)] = []
    /// Spans of other traces that this one goes back to.
    public private(set) var links: [TraceParent] = []
    /// Whether the work failed.
    public private(set) var isFailed = false
    /// Why, for people; nothing of what came from outside.
    public private(set) var failure: String?

    /// A span that nothing is known of but where it stands and when it was. An end before the start counts as the
    /// start: wall clocks are set.
    public init(
        _ name: String, _ kind: Kind, context: TraceParent, parentID: UInt64?, hasRemoteParent: Bool = false,
        traceState: String? = nil, start: UInt64, end: UInt64
    ) {
        self.name = name
        self.kind = kind
        self.context = context
        self.parentID = parentID
        self.hasRemoteParent = hasRemoteParent
        self.traceState = traceState
        self.start = start
        self.end = max(start, end)
    }

    /// Says something more; nothing happens where there is no value. A text that is too long is cut.
    public mutating func set(_ name: SpanAttributeName, _ text: String?) {
        guard let text else { return }
        self.attributes.append((name, .text(Self.cut(text))))
    }

    /// Says something more; nothing happens where there is no value.
    public mutating func set(_ name: SpanAttributeName, _ number: (some BinaryInteger)?) {
        guard let number else { return }
        self.attributes.append((name, .integer(Int64(clamping: number))))
    }

    /// Says which event it is about (OpenTelemetry, "Semantic Conventions for CloudEvents Spans", and those for
    /// messaging). Data and further extensions are not told.
    public mutating func describe(_ event: CloudEvent) {
        for (attribute, name) in Self.eventAttributes {
            self.set(
                name, event.attributes.withValue(of: attribute) { _, value in String(decoding: value, as: UTF8.self) })
        }
        self.set(.eventSpecVersion, "1.0")
    }

    private static let eventAttributes: [(StaticString, SpanAttributeName)] = [
        ("id", .eventID), ("source", .eventSource), ("type", .eventType), ("subject", .eventSubject),
        ("id", .messageID), ("correlationid", .conversationID),
    ]

    /// Goes back to another span.
    public mutating func link(to other: TraceParent) {
        if self.links.count < Self.linksMax { self.links.append(other) }
    }

    /// The work failed.
    /// - Parameters:
    ///   - errorType: a stable word or the status (`error.type`).
    ///   - failure: for people.
    public mutating func fail(_ errorType: String, _ failure: String? = nil) {
        self.isFailed = true
        self.failure = failure.map(Self.cut)
        self.set(.errorType, errorType)
    }

    /// About how many bytes of memory, and of a request to a collector, the span takes.
    public var byteCount: Int {
        var count = 160 + self.name.utf8.count + (self.traceState?.utf8.count ?? 0) + (self.failure?.utf8.count ?? 0)
        count += self.links.count * 48
        for attribute in self.attributes {
            count += 32 + attribute.name.rawValue.utf8.count
            if case .text(let text) = attribute.value { count += text.utf8.count }
        }
        return count
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > self.textBytesMax else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: self.textBytesMax)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.context == rhs.context && lhs.parentID == rhs.parentID && lhs.hasRemoteParent == rhs.hasRemoteParent
            && lhs.traceState == rhs.traceState && lhs.name == rhs.name && lhs.kind == rhs.kind
            && lhs.start == rhs.start && lhs.end == rhs.end && lhs.links == rhs.links
            && lhs.isFailed == rhs.isFailed && lhs.failure == rhs.failure
            && lhs.attributes.elementsEqual(rhs.attributes, by: ==)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(self.context) }
}
