#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What time it is.
enum WallClock {
    /// Nanoseconds since the epoch, to some hundreds of them.
    static let nanoseconds: @Sendable () -> UInt64 = { UInt64(max(0, Date().timeIntervalSince1970) * 1e9) }
}
