import ArgumentParser
import TenantLimits

/// The limits of a tenant as options.
struct TenantLimitFlags: ParsableArguments {
    /// Their names in documents, in the order in which they are shown.
    static let names = TenantLimit.allCases.map(\.rawValue)

    @Option(help: ArgumentHelp("Events that may come in a second.", valueName: "n"))
    var eventsPerSecond: LimitArgument?

    @Option(help: ArgumentHelp("Bytes that may come in a second.", valueName: "n"))
    var bytesPerSecond: LimitArgument?

    @Option(help: ArgumentHelp("Events that may come at once.", valueName: "n"))
    var eventsBurst: LimitArgument?

    @Option(help: ArgumentHelp("Bytes that may come at once.", valueName: "n"))
    var bytesBurst: LimitArgument?

    @Option(help: ArgumentHelp("Subscriptions.", valueName: "n"))
    var subscriptions: LimitArgument?

    @Option(help: ArgumentHelp("Webhook endpoints.", valueName: "n"))
    var endpoints: LimitArgument?

    @Option(help: ArgumentHelp("Deliveries in flight in one process.", valueName: "n"))
    var inFlight: LimitArgument?

    @Option(help: ArgumentHelp("Dead letters that are kept.", valueName: "n"))
    var deadLetters: LimitArgument?

    @Option(help: ArgumentHelp("Its share in what is sent while not all can be, 1 to 1000.", valueName: "n"))
    var weight: LimitArgument?

    /// Those that were named.
    var given: [TenantLimit: LimitArgument] {
        let all: [(TenantLimit, LimitArgument?)] = [
            (.eventsPerSecond, self.eventsPerSecond), (.bytesPerSecond, self.bytesPerSecond),
            (.eventsBurst, self.eventsBurst), (.bytesBurst, self.bytesBurst), (.subscriptions, self.subscriptions),
            (.endpoints, self.endpoints), (.inFlight, self.inFlight), (.deadLetters, self.deadLetters),
            (.weight, self.weight),
        ]
        return Dictionary(uniqueKeysWithValues: all.compactMap { limit, value in value.map { (limit, $0) } })
    }

    /// What is set for the tenant alone after the change.
    func applied(to old: JSONValue) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for name in old["overridden"]?.elements?.compactMap(\.text) ?? [] { members[name] = old[name] }
        for (limit, argument) in self.given {
            switch argument {
            case .value(let value): members[limit.rawValue] = .integer(Int64(value))
            case .configured: members[limit.rawValue] = nil
            }
        }
        return members
    }
}
