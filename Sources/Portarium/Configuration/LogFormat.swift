import ArgumentParser

/// How a log line looks.
enum LogFormat: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    /// Text where the standard error is a terminal, JSON elsewhere.
    case auto
    /// One JSON object a line.
    case json
    /// For people.
    case text
}
