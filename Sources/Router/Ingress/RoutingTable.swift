import EventLog

/// Which topic an event goes to, by the prefix of its type.
public struct RoutingTable: Sendable, Hashable {
    /// One rule.
    public struct Entry: Sendable, Hashable {
        /// How the type starts. Not empty.
        public var typePrefix: String
        /// Where such events go.
        public var topic: Topic

        /// Events whose type starts with `typePrefix` go to `topic`.
        public init(typePrefix: String, topic: Topic) {
            self.typePrefix = typePrefix
            self.topic = topic
        }
    }

    /// A rule as the look-up uses it: bytes, so that no text is made of a type to compare it.
    private struct Rule: Sendable, Hashable {
        var prefix: [UInt8]
        var topic: Topic
    }

    /// Where events go that no entry names.
    public let defaultTopic: Topic
    /// The rules in the order given.
    public let entries: [Entry]
    /// Longest prefix first; among equals the one given first.
    private let rules: [Rule]

    /// A table. The longest prefix wins, whatever the order of `entries`; of two equal prefixes the first wins.
    public init(entries: [Entry], defaultTopic: Topic) {
        self.entries = entries
        self.defaultTopic = defaultTopic
        self.rules = entries.enumerated()
            .sorted { lhs, rhs in
                let (left, right) = (lhs.element.typePrefix.utf8.count, rhs.element.typePrefix.utf8.count)
                return left != right ? left > right : lhs.offset < rhs.offset
            }
            .map { Rule(prefix: Array($0.element.typePrefix.utf8), topic: $0.element.topic) }
    }

    /// The topic of a type given as UTF-8.
    public func topic(ofType type: UnsafeRawBufferPointer) -> Topic {
        for rule in self.rules where type.count >= rule.prefix.count {
            let isPrefix = rule.prefix.withUnsafeBytes { prefix in
                UnsafeRawBufferPointer(rebasing: type[..<prefix.count]).elementsEqual(prefix)
            }
            if isPrefix { return rule.topic }
        }
        return self.defaultTopic
    }

    /// All topics of the table, each once: the default topic first, then in the order of the entries.
    public var topics: [Topic] {
        var topics = [self.defaultTopic]
        for entry in self.entries where !topics.contains(entry.topic) { topics.append(entry.topic) }
        return topics
    }
}
