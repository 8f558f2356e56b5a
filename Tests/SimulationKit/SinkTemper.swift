/// How a sink behaves; drawn anew now and then.
enum SinkTemper: CaseIterable, Sendable {
    case fine
    case slow
    case throttled
    case failing
    case dead
    case picky
    case hanging
    case resetting
}
