import Logging

/// Writes one JSON object (RFC 8259) per line: `timestamp`, `level`, `logger`, `message`, `error` where there is one,
/// `source`, and `metadata` where there is some.
///
/// Keys of the metadata are sorted. Every control character is escaped, so that a line is a line whatever is logged.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let output: LogOutput
    private let redaction: LogRedaction

    /// - Parameters:
    ///   - label: The logger's label, written as `logger`.
    ///   - level: Lines below are not written.
    ///   - output: Where the lines go.
    ///   - redaction: Which metadata is hidden.
    ///   - metadataProvider: Metadata from the task that logs.
    public init(
        label: String, level: Logger.Level = .info, output: LogOutput = .standardError,
        redaction: LogRedaction = LogRedaction(), metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        self.logLevel = level
        self.output = output
        self.redaction = redaction
        self.metadataProvider = metadataProvider
    }

    /// One entry of ``metadata``, which every line of this handler carries; nil removes it.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = "{\"timestamp\":\""
        line.reserveCapacity(256)
        line += LogLine.timestamp()
        line += "\",\"level\":\""
        line += event.level.rawValue
        line += "\",\"logger\":"
        Self.append(string: self.label, to: &line)
        line += ",\"message\":"
        Self.append(string: event.message.description, to: &line)
        if let error = event.error {
            line += ",\"error\":"
            Self.append(string: String(describing: error), to: &line)
        }
        line += ",\"source\":"
        Self.append(string: event.source, to: &line)
        let metadata = LogLine.metadata(handler: self.metadata, provider: self.metadataProvider, event: event)
        if !metadata.isEmpty {
            line += ",\"metadata\":"
            self.append(dictionary: metadata, to: &line)
        }
        line += "}\n"
        self.output.write(line: line)
    }

    private func append(dictionary: Logger.Metadata, to line: inout String) {
        line += "{"
        var isFirst = true
        for (key, value) in dictionary.sorted(by: { $0.key < $1.key }) {
            if !isFirst { line += "," }
            isFirst = false
            Self.append(string: key, to: &line)
            line += ":"
            if self.redaction.hides(key) {
                Self.append(string: LogRedaction.replacement, to: &line)
            } else {
                self.append(value: value, to: &line)
            }
        }
        line += "}"
    }

    private func append(value: Logger.MetadataValue, to line: inout String) {
        switch value {
        case .string(let text): Self.append(string: text, to: &line)
        case .stringConvertible(let value): Self.append(string: value.description, to: &line)
        case .dictionary(let dictionary): self.append(dictionary: dictionary, to: &line)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                self.append(value: value, to: &line)
            }
            line += "]"
        }
    }

    /// A JSON string. U+2028 and U+2029 are escaped too: some readers take them for line ends.
    private static func append(string: String, to line: inout String) {
        line += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }
}
