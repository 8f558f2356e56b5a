/// How many attempts a second one destination gets.
struct DestinationRate: Sendable, Hashable {
    /// `scheme://host:port`, as sinks' URLs are compared.
    var origin: String
    /// `1...1000000`.
    var perSecond: Int
}
