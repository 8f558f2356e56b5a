import EventLog

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The two clocks of the shell: one that never goes back, for the machine, and the wall's, for records.
enum DispatchClock {
    /// Milliseconds of a clock that does not go backwards while the process lives.
    static var monotonicMilliseconds: Int64 { self.read(CLOCK_MONOTONIC) }

    /// The time of day.
    static var wall: Timestamp { Timestamp(milliseconds: self.read(CLOCK_REALTIME)) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
