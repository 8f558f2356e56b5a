/// What the process tells the one who started it; scripts rely on these numbers.
enum ExitStatus: Int32, Sendable, Hashable {
    /// Everything that was asked for is done.
    case done = 0
    /// It was understood and did not work.
    case failed = 1
    /// The command line, a file or an input is wrong: the same call fails again.
    case usage = 2
    /// No router, or no broker, answered.
    case unreachable = 3
    /// Some of it is done, some failed; or something is left to do.
    case partlyDone = 4
}
