/// One place that breaks one house rule.
struct Violation: Equatable, CustomStringConvertible {
    var rule: HouseRule
    var path: String
    /// Index of the line; nil where the whole file is meant.
    var line: Int?
    /// What an exception has to name beside rule and path: a symbol, or nothing.
    var symbol = ""
    var message: String

    var description: String {
        "\(self.path)\(self.line.map { ":\($0 + 1)" } ?? ""): \(self.message) [\(self.rule.rawValue)]"
    }
}
