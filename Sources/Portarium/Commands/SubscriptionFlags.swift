import ArgumentParser
import Subscriptions

/// A subscription from options: what is given is set, everything else is left to the router or as it was.
struct SubscriptionFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where events are sent: an absolute http or https URL, or kafka: and a topic.", valueName: "url"))
    var sink: String?

    @Option(
        name: .customLong("type"), help: ArgumentHelp("Only events of this type. May be repeated.", valueName: "type"))
    var types: [String] = []

    @Option(help: ArgumentHelp("Only events of exactly this source.", valueName: "uri"))
    var source: String?

    @OptionGroup var filter: FilterOptions

    @Option(help: ArgumentHelp("key: in order per ordering key; unordered: no order.", valueName: "ordering"))
    var ordering: Ordering?

    @Option(help: ArgumentHelp("Requests at once at most, 1 to 1024.", valueName: "n"))
    var concurrency: Int?

    @Option(help: ArgumentHelp("How events are put into requests: binary, structured or batched.", valueName: "mode"))
    var mode: Mode?

    @Option(help: ArgumentHelp("Events of one request at most, in batched mode.", valueName: "n"))
    var batchMax: Int?

    @Option(help: ArgumentHelp("How long a batch that is not full waits for more events.", valueName: "ms"))
    var lingerMs: Int?

    @Option(help: ArgumentHelp("How long one request may take.", valueName: "ms"))
    var timeoutMs: Int?

    @Option(help: ArgumentHelp("Attempts before an event becomes a dead letter.", valueName: "n"))
    var maxAttempts: Int?

    @Option(
        help: ArgumentHelp("How long the first retry waits; every further one waits twice as long.", valueName: "ms"))
    var minDelayMs: Int?

    @Option(help: ArgumentHelp("How long a retry waits at most.", valueName: "ms"))
    var maxDelayMs: Int?

    @Option(help: ArgumentHelp("How long an event is tried before it becomes a dead letter.", valueName: "ms"))
    var maxAgeMs: Int?

    @Option(help: ArgumentHelp("Requests a second at most.", valueName: "n"))
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "Where to begin: latest, earliest, a time, how long ago (15m), or topic/partition@offset.",
            valueName: "start"))
    var start: String?

    @Flag(inversion: .prefixedNo, help: "Whether undeliverable events become dead letters or are retried for ever.")
    var deadLetter: Bool?

    @Option(help: ArgumentHelp("A header that is sent with every delivery. May be repeated.", valueName: "name=value"))
    var header: [NameValue] = []

    @Option(help: ArgumentHelp("The method of deliveries: POST or PUT.", valueName: "method"))
    var method: Method?

    @Option(
        help: ArgumentHelp(
            "A file with a transform, as 'portarium transform eval' takes it; - is stdin.", valueName: "file"))
    var transformFile: String?

    @OptionGroup var trust: SubscriptionTrustFlags

    /// The method of deliveries.
    enum Method: String, ExpressibleByArgument, CaseIterable, Sendable {
        case post = "POST"
        case put = "PUT"
    }

    /// Whether order is kept.
    enum Ordering: String, ExpressibleByArgument, CaseIterable, Sendable {
        case key
        case unordered
    }

    /// The content mode of deliveries.
    enum Mode: String, ExpressibleByArgument, CaseIterable, Sendable {
        case binary
        case structured
        case batched
    }

    /// Whether nothing was given.
    var isEmpty: Bool {
        get throws { try self.applied(to: [:]).isEmpty && self.trust.isEmpty && self.transformFile == nil }
    }

    /// Puts what was given, secrets apart, over `members`, a subscription as the API has it.
    /// - Throws: ``ValidationError`` where the start is none.
    func applied(to members: [String: JSONValue]) throws -> [String: JSONValue] {
        var members = members
        if let sink { members["sink"] = .string(sink) }
        if !self.types.isEmpty { members["types"] = .array(self.types.map(JSONValue.string)) }
        if let source { members["source"] = .string(source) }
        let filters = self.filter.filters
        if !filters.isEmpty { members["filters"] = .array(filters) }
        var settings = members["protocolsettings"]?.members ?? [:]
        if !self.header.isEmpty {
            let headers = Dictionary(
                self.header.map { ($0.name, JSONValue.string($0.value)) }, uniquingKeysWith: { $1 })
            settings["headers"] = .object(headers)
        }
        if let method { settings["method"] = .string(method.rawValue) }
        var config = members["config"]?.members ?? [:]
        try self.apply(to: &config)
        if !settings.isEmpty { members["protocolsettings"] = .object(settings) }
        if !config.isEmpty { members["config"] = .object(config) }
        return members
    }

    /// The whole document: what was given over `members`, and the protocol that the sink speaks. Reads the files.
    /// - Throws: ``ValidationError`` where the start is none; ``CommandFailure`` where a file cannot be used.
    func document(from members: [String: JSONValue]) throws -> [String: JSONValue] {
        var members = try self.applied(to: members)
        if !self.trust.isEmpty {
            var settings = members["protocolsettings"]?.members ?? [:]
            var config = members["config"]?.members ?? [:]
            try self.trust.apply(settings: &settings, config: &config)
            if !settings.isEmpty { members["protocolsettings"] = .object(settings) }
            if !config.isEmpty { members["config"] = .object(config) }
        }
        if let transformFile {
            var config = members["config"]?.members ?? [:]
            config["transform"] = .text(JSONText(text: try TransformCommand.text(file: transformFile)))
            members["config"] = .object(config)
        }
        if members["protocol"] == nil {
            members["protocol"] = .string(TopicSink.isMeant(by: members["sink"]?.text ?? "") ? "KAFKA" : "HTTP")
        }
        return members
    }

    private func apply(to config: inout [String: JSONValue]) throws {
        func set(_ number: Int?, _ name: String) { if let number { config[name] = .integer(Int64(number)) } }
        func set(_ number: Int?, _ name: String, in group: String) {
            guard let number else { return }
            var members = config[group]?.members ?? [:]
            members[name] = .integer(Int64(number))
            config[group] = .object(members)
        }
        if let ordering { config["ordering"] = .string(ordering.rawValue) }
        if let mode { config["mode"] = .string(mode.rawValue) }
        if let deadLetter { config["deadLetter"] = .boolean(deadLetter) }
        if let rate { config["rateLimit"] = .object(["perSecond": .number(rate)]) }
        if let start { config["start"] = try Self.start(start) }
        set(self.concurrency, "concurrency")
        set(self.timeoutMs, "timeoutMs")
        set(self.batchMax, "max", in: "batch")
        set(self.lingerMs, "lingerMs", in: "batch")
        set(self.minDelayMs, "minDelayMs", in: "retry")
        set(self.maxDelayMs, "maxDelayMs", in: "retry")
        set(self.maxAgeMs, "maxAgeMs", in: "retry")
        set(self.maxAttempts, "maxAttempts", in: "retry")
    }

    /// `latest`, `earliest`, a time, how long ago, or `topic/partition@offset`.
    static func start(_ text: String) throws -> JSONValue {
        if text == "latest" || text == "earliest" { return .string(text) }
        if let timestamp = TimeArgument.timestamp(text) { return .string(timestamp) }
        if let at = text.lastIndex(of: "@"), let slash = text[..<at].lastIndex(of: "/"), slash != text.startIndex,
            let partition = Int64(text[text.index(after: slash)..<at]),
            let offset = Int64(text[text.index(after: at)...]), partition >= 0, offset >= 0
        {
            return .object([
                "topic": .string(String(text[..<slash])), "partition": .integer(partition), "offset": .integer(offset),
            ])
        }
        throw ValidationError(
            TimeArgument.complaint("--start", text, also: "latest, earliest, topic/partition@offset, "))
    }
}
