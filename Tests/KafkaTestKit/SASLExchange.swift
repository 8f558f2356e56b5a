/// The listener's side of one client's signing in.
protocol SASLExchange {
    /// Takes the client's next message.
    mutating func step(_ message: [UInt8]) -> SASLStep
}

/// What the listener says to a message.
enum SASLStep: Equatable {
    /// The client goes on.
    case challenge([UInt8])
    /// The client is in.
    case accepted([UInt8])
    case refused
}
