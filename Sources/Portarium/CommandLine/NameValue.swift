import ArgumentParser

/// `name=value` on the command line.
struct NameValue: ExpressibleByArgument, Sendable, Hashable {
    var name: String
    var value: String

    init?(argument: String) {
        guard let separator = argument.firstIndex(of: "="), separator != argument.startIndex else { return nil }
        self.name = String(argument[..<separator])
        self.value = String(argument[argument.index(after: separator)...])
    }
}
