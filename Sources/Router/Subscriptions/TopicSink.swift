import EventLog

/// A sink that is a topic of the router's log: `kafka:NAME`.
///
/// The name is given with or without the prefix that all topics of the router share: topics outside of it cannot be
/// named, so that who may make subscriptions writes only where the router's own topics lie.
public struct TopicSink: Sendable, Hashable, CustomStringConvertible {
    /// What such a sink begins with, in any case.
    public static let scheme = "kafka:"
    /// As it was given.
    public let name: String

    public var description: String { Self.scheme + self.name }

    /// Whether a sink is meant to be a topic.
    public static func isMeant(by sink: String) -> Bool {
        sink.utf8.count >= self.scheme.utf8.count && sink.prefix(self.scheme.count).lowercased() == self.scheme
    }

    /// The topic that a sink names; nil where the sink is none.
    public init?(_ sink: String) {
        guard let sink = try? Self(validating: sink) else { return nil }
        self = sink
    }

    /// - Throws: ``SinkURLError`` that says what is wrong and what would be right.
    public init(validating sink: String) throws(SinkURLError) {
        guard Self.isMeant(by: sink) else { throw SinkURLError("must be a topic such as kafka:work") }
        let name = String(sink.dropFirst(Self.scheme.count))
        guard (try? Topic(validating: name)) != nil else {
            throw SinkURLError("must name a topic behind kafka: with 1 to 249 of the characters a-z A-Z 0-9 . _ -")
        }
        self.name = name
    }

    /// The topic's whole name.
    /// - Parameter prefix: of all topics, without the dot.
    public func topic(prefix: String) -> Topic {
        Topic(self.name.hasPrefix(prefix + ".") ? self.name : "\(prefix).\(self.name)")
    }
}
