import ArgumentParser

/// How much is logged.
enum LogLevel: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    case trace
    case debug
    case info
    case notice
    case warning
    case error
    case critical
}
