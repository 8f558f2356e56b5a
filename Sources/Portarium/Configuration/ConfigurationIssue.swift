/// One fault in a configuration file, and where it is.
struct ConfigurationIssue: Sendable, Hashable, Encodable {
    /// From 1.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int
    /// The dotted name of the key, where the fault is at one.
    var key: String?
    /// One sentence with the mend.
    var message: String

    /// `FILE:LINE:COLUMN: message`, what editors and compilers' users know.
    func text(file: String) -> String { "\(file):\(self.line):\(self.column): \(self.message)" }
}
