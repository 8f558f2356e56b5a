/// Places that break a house rule for a good reason. The list may only shrink: an exception nobody needs any more fails
/// the tests, and so does one more than ``countMax``.
struct Exceptions {
    var rule: HouseRule
    var path: String
    /// The symbol that is excused; empty: all of the file.
    var symbol = ""
    var reason: String

    static let countMax = 6

    static let all: [Exceptions] = [
        Exceptions(
            rule: .forceUnwrap, path: "Sources/Router/Delivery/DeliveryStateMachine+Assignment.swift",
            reason: "the place exists by construction; a trap beats a silent drift of positions"),
        Exceptions(
            rule: .forceUnwrap, path: "Sources/Router/Delivery/DeliveryStateMachine+CatchUp.swift",
            reason: "the place exists by construction; a trap beats a silent drift of positions"),
        Exceptions(
            rule: .forceUnwrap, path: "Sources/Router/Delivery/DeliveryStateMachine+Records.swift",
            reason: "the place exists by construction; a trap beats a silent drift of positions"),
        Exceptions(
            rule: .forceUnwrap, path: "Sources/Router/Delivery/DeliveryStateMachine+Reports.swift",
            reason: "the place exists by construction; a trap beats a silent drift of positions"),
        Exceptions(
            rule: .forceUnwrap, path: "Sources/Router/Delivery/DeliveryStateMachine+Sending.swift",
            reason: "the place exists by construction; a trap beats a silent drift of positions"),
        Exceptions(
            rule: .forceUnwrap, path: "Sources/Router/Delivery/DeliveryStateMachine+Subscriptions.swift",
            reason: "the place exists by construction; a trap beats a silent drift of positions"),
    ]

    func excuses(_ violation: Violation) -> Bool {
        self.rule == violation.rule && self.path == violation.path
            && (self.symbol.isEmpty || self.symbol == violation.symbol)
    }
}
