import ArgumentParser

/// How a log line looks.
enum LogFormat: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    /// One JSON object a line.
    case json
    /// For people.
    case text
}
