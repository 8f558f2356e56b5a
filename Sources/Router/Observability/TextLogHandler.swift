import Logging

/// Writes lines for people at a terminal: `10:20:30.123 warning portarium: message key=value`.
///
/// A line is a line whatever is logged: control characters are written as `\n` or `\u{1b}`, so that no event can move
/// the cursor or forge a line.
public struct TextLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let output: LogOutput
    private let redaction: LogRedaction
    private let colored: Bool

    /// - Parameters:
    ///   - label: The logger's label.
    ///   - level: Lines below are not written.
    ///   - output: Where the lines go.
    ///   - redaction: Which metadata is hidden.
    ///   - colored: Whether the level is coloured with ANSI sequences; say so only for a terminal.
    ///   - metadataProvider: Metadata from the task that logs.
    public init(
        label: String, level: Logger.Level = .info, output: LogOutput = .standardError,
        redaction: LogRedaction = LogRedaction(), colored: Bool = false,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        self.logLevel = level
        self.output = output
        self.redaction = redaction
        self.colored = colored
        self.metadataProvider = metadataProvider
    }

    /// One entry of ``metadata``, which every line of this handler carries; nil removes it.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = ""
        line.reserveCapacity(160)
        // The time of day in UTC: the date of a line that somebody is watching is known.
        line += LogLine.timestamp().dropFirst(11).prefix(12)
        line += " "
        if self.colored { line += Self.color(of: event.level) }
        line += event.level.rawValue
        if self.colored { line += "\u{1b}[0m" }
        line += " "
        Self.append(self.label, to: &line)
        line += ": "
        Self.append(event.message.description, to: &line)
        if let error = event.error {
            line += " error="
            Self.append(quoted: String(describing: error), to: &line)
        }
        let metadata = LogLine.metadata(handler: self.metadata, provider: self.metadataProvider, event: event)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " "
            Self.append(key, to: &line)
            line += "="
            self.append(key: key, value: value, to: &line)
        }
        line += "\n"
        self.output.write(line: line)
    }

    private func append(key: String, value: Logger.MetadataValue, to line: inout String) {
        if self.redaction.hides(key) {
            line += LogRedaction.replacement
            return
        }
        switch value {
        case .string(let text): Self.append(quoted: text, to: &line)
        case .stringConvertible(let value): Self.append(quoted: value.description, to: &line)
        case .dictionary(let dictionary):
            line += "{"
            for (index, entry) in dictionary.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += " " }
                Self.append(entry.key, to: &line)
                line += "="
                self.append(key: entry.key, value: entry.value, to: &line)
            }
            line += "}"
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += " " }
                // Elements have no key of their own; that of the array was looked at above.
                self.append(key: "", value: value, to: &line)
            }
            line += "]"
        }
    }

    /// In quotes where it is empty or has a space, a quote or an equals sign.
    private static func append(quoted text: String, to line: inout String) {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d }
        if isPlain { return self.append(text, to: &line) }
        line += "\""
        self.append(text, escapingQuotes: true, to: &line)
        line += "\""
    }

    private static func append(_ text: String, escapingQuotes: Bool = false, to line: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where escapingQuotes: line += "\\\""
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}":
                line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
    }

    private static func color(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "\u{1b}[2m"
        case .info, .notice: "\u{1b}[32m"
        case .warning: "\u{1b}[33m"
        case .error, .critical: "\u{1b}[31m"
        }
    }
}
