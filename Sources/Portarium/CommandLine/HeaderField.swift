import ArgumentParser

/// `name: value` on the command line, as HTTP writes a header.
struct HeaderField: ExpressibleByArgument, Sendable, Hashable {
    var name: String
    var value: String

    init?(argument: String) {
        guard let colon = argument.firstIndex(of: ":"), colon != argument.startIndex else { return nil }
        let name = argument[..<colon]
        guard !name.contains(where: \.isWhitespace) else { return nil }
        self.name = String(name)
        var value = argument[argument.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        while let last = value.last, last == " " || last == "\t" { value.removeLast() }
        self.value = String(value)
    }
}
