/// A declaration found by its keyword at the start of a line.
struct Declaration: Equatable {
    /// `func`, `var`, `let`, `init`, `deinit`, `subscript`, `case`, `struct`, `enum`, `class`, `actor`, `protocol`,
    /// `extension` or `typealias`.
    var kind: String
    /// Without generics and arguments; `init` for an initializer, the extended type for an extension.
    var name: String
    /// `public` or `open`, said by itself or, for a case or a requirement, by the public type it is in.
    var isPublic: Bool
    var isStatic: Bool
    /// Index of the first line of the declaration, its attributes not counted.
    var firstLine: Int
    /// Index of the line of the brace that closes its body; nil where it has no body.
    var lastLine: Int?
    /// Names of the types around it, from the outside in.
    var parents: [String]

    var isType: Bool { ["struct", "enum", "class", "actor", "protocol", "typealias"].contains(self.kind) }
    var isFunction: Bool { ["func", "init", "deinit", "subscript", "var"].contains(self.kind) && self.lastLine != nil }
    var lineCount: Int { (self.lastLine ?? self.firstLine) - self.firstLine + 1 }
}
