import ArgumentParser

/// A limit on the command line: a number, `none`, or `default`.
enum LimitArgument: ExpressibleByArgument, Sendable, Hashable {
    /// So many; 0 is no limit.
    case value(Int)
    /// As the router's configuration says.
    case configured

    init?(argument: String) {
        switch argument {
        case "none": self = .value(0)
        case "default": self = .configured
        default:
            guard let value = Int(argument.filter { $0 != "_" }), value >= 0 else { return nil }
            self = .value(value)
        }
    }
}
