/// Why the log did not do what it was asked.
public struct EventLogError: Error, Sendable, CustomStringConvertible {
    /// The kind of fault; the set may grow.
    public struct Code: Hashable, Sendable {
        public let name: String
        public init(name: String) { self.name = name }
        /// A topic's name breaks Kafka's rule, or its partitions or its retention are out of bounds.
        public static let invalidTopic = Self(name: "invalid-topic")
        /// No topic has this name: make it first. Topics are never made by the way.
        public static let unknownTopic = Self(name: "unknown-topic")
        /// The topic has no partition of this number.
        public static let unknownPartition = Self(name: "unknown-partition")
        /// The offset lies before the first that is kept (or past the end).
        public static let offsetOutOfRange = Self(name: "offset-out-of-range")
        /// A record, or a batch, over the log's limit.
        public static let tooLarge = Self(name: "too-large")
        /// The object store that large data are parked in did not take them.
        public static let storeUnavailable = Self(name: "object-store-unavailable")
        /// The queue of appends is full: come again later.
        public static let overloaded = Self(name: "overloaded")
        /// The store cannot be written or read now (broker down).
        public static let unavailable = Self(name: "unavailable")
        /// The disk, or the size that the store may reach, is used up: nothing can be appended until there is room.
        public static let full = Self(name: "full")
        /// A record that cannot be kept or read: headers whose lengths do not add up, no key in a compacted topic, a
        /// damaged store. The same call fails again.
        public static let corruptRecord = Self(name: "corrupt-record")
        /// The log is shutting down.
        public static let closed = Self(name: "closed")
        /// A topic exists with other partitions or another policy than asked.
        public static let conflict = Self(name: "conflict")
    }

    /// For `tooLarge`: what is over which limit.
    public struct Excess: Sendable, Hashable {
        /// Which record of the call it is, from 0; nil where it is the call as a whole.
        public var recordIndex: Int?
        /// How much there was: bytes, or records where the limit counts those; nil where only the limit is known.
        public var size: Int?
        /// The limit as whoever runs the router knows it: the setting, or what the broker calls it.
        public var limit: String
        /// What it allows; nil where the broker did not say.
        public var limitMax: Int?

        /// Something over a limit.
        public init(recordIndex: Int? = nil, size: Int?, limit: String, limitMax: Int?) {
            self.recordIndex = recordIndex
            self.size = size
            self.limit = limit
            self.limitMax = limitMax
        }
    }

    public var code: Code
    /// One sentence with the mend.
    public var message: String
    /// For `offsetOutOfRange`: what the partition holds.
    public var bounds: OffsetBounds?
    /// For `tooLarge`, where it is known.
    public var excess: Excess?
    public var cause: (any Error)?
    /// Whether a right is missing: the principal that the process signs in as may not do this.
    public var isForbidden = false

    public init(_ code: Code, _ message: String, bounds: OffsetBounds? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.bounds = bounds
        self.cause = cause
    }

    /// `tooLarge`, with the limit in its sentence.
    public init(over excess: Excess, cause: (any Error)? = nil) {
        let subject = excess.recordIndex == nil ? "the records of one call are" : "a record is"
        let size = excess.size.map { " (\($0))" } ?? ""
        let most = excess.limitMax.map { " of \($0)" } ?? ""
        self.init(.tooLarge, "\(subject) larger\(size) than the limit '\(excess.limit)'\(most)", cause: cause)
        self.excess = excess
    }

    public var description: String {
        "\(self.code.name): \(self.message)" + (self.cause.map { " (\($0))" } ?? "")
    }
}
