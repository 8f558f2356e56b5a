import Logging
import Synchronization

/// Keeps the lines that a logger writes.
public final class LogLines: Sendable {
    private let state = Mutex<[(line: String, metadata: String)]>([])

    public init() {}

    /// Level and message of each line, in order.
    public var all: [String] { self.state.withLock { $0.map(\.line) } }

    /// The same with everything that goes with each line.
    public var whole: [String] { self.state.withLock { $0.map { "\($0.line) \($0.metadata)" } } }

    /// A logger whose lines are kept here.
    public var logger: Logger { Logger(label: "test") { _ in LineHandler(lines: self) } }

    fileprivate func add(_ line: String, _ metadata: String) {
        self.state.withLock { $0.append((line, metadata)) }
    }
}

private struct LineHandler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(lines: LogLines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.lines.add("\(event.level) \(event.message)", event.metadata.map { "\($0)" } ?? "")
    }
}
