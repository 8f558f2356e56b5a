/// How hard a publisher tries.
struct PublishPolicy: Sendable, Hashable {
    /// Attempts after the first, `0...1000`.
    var retriesMax = 8
    /// The first delay where the router names none; doubled by every further one.
    var delayMinMilliseconds: Int64 = 200
    /// No delay is longer, whatever the router asks for.
    var delayMaxMilliseconds: Int64 = 30_000
}
