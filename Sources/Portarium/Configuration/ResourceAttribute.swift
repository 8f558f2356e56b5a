/// One thing that is known of the process, told with every span.
struct ResourceAttribute: Sendable, Hashable {
    var name: String
    var value: String
}
