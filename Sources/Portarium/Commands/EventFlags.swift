import ArgumentParser
import CloudEvents
import FoundationEssentials
import NIOCore

/// One event from options.
struct EventFlags: ParsableArguments {
    /// No data from a file is larger.
    static let dataBytesMax = 16 * 1_048_576

    @Option(help: ArgumentHelp("What kind of event it is, like com.example.order.Placed.", valueName: "type"))
    var type: String?

    @Option(help: ArgumentHelp("Where it happened, a URI-reference. (default: urn:portarium:cli)", valueName: "uri"))
    var source: String?

    @Option(help: ArgumentHelp("What tells it from other events of its source. (default: a new UUID)", valueName: "id"))
    var id: String?

    @Option(help: ArgumentHelp("What it is about.", valueName: "subject"))
    var subject: String?

    @Option(help: ArgumentHelp("When it happened, RFC 3339. (default: now)", valueName: "time"))
    var time: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Its data.", valueName: "data"))
    var data: String?

    @Option(help: ArgumentHelp("A file with its data; - is the standard input.", valueName: "file"))
    var dataFile: String?

    @Option(help: ArgumentHelp("What its data is. (default: application/json)", valueName: "media-type"))
    var contentType: String?

    @Option(
        name: .customLong("ext"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("An extension attribute, like correlationid=42. May be repeated.", valueName: "name=value"))
    var extensions: [NameValue] = []

    /// Whether any of them was given.
    var isEmpty: Bool {
        [self.type, self.source, self.id, self.subject, self.time, self.data, self.dataFile, self.contentType]
            .allSatisfy { $0 == nil } && self.extensions.isEmpty
    }

    /// Faults that can be seen without reading anything.
    func check() throws {
        guard let type, !type.isEmpty else { throw ValidationError("Missing expected argument '--type <type>'.") }
        for (option, text) in [("--source", self.source), ("--id", self.id), ("--subject", self.subject)]
        where text == "" {
            throw ValidationError("\(option) must not be empty.")
        }
        guard self.data == nil || self.dataFile == nil else {
            throw ValidationError("Give --data or --data-file, not both.")
        }
        for pair in self.extensions where Self.ownOptions.contains(pair.name) {
            throw ValidationError("--ext: '\(pair.name)' is no extension; there is an option for it.")
        }
        do throws(CloudEventError) {
            try self.event(nowMilliseconds: 0).validate(limits: .widest)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private static let ownOptions = [
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data",
    ]

    /// The event in a request of its own, in binary mode.
    /// - Throws: ``CommandFailure`` where the data is not what it is said to be.
    func request(data: [UInt8]?, nowMilliseconds: Int64) throws(CommandFailure) -> RouterRequest {
        var event = self.event(nowMilliseconds: nowMilliseconds)
        if let data {
            if self.contentType == nil, JSONValue(parsing: data) == nil {
                throw CommandFailure(
                    .usage, "the data is no JSON; say what it is with --content-type, for instance text/plain")
            }
            event.attributes.append(name: "datacontenttype", value: self.contentType ?? "application/json")
            event.data = ByteBuffer(bytes: data)
        }
        var headers: [(name: String, value: String)] = []
        let body = HTTPBinding.encodeBinary(event) { name, value in headers.append((name, value)) }
        return .publication(headers: headers, body: body)
    }

    /// The event without its data.
    private func event(nowMilliseconds: Int64) -> CloudEvent {
        var event = CloudEvent(
            id: self.id ?? UUID().uuidString.lowercased(), source: self.source ?? "urn:portarium:cli",
            type: self.type ?? "")
        if let subject { event.attributes.append(name: "subject", value: subject) }
        event.attributes.append(name: "time", value: self.time ?? RFC3339.text(milliseconds: nowMilliseconds))
        for pair in self.extensions { event.attributes.append(name: pair.name, value: pair.value) }
        return event
    }
}
