extension HouseRule {
    /// Every public symbol of the router says what it is. Three kinds need no sentence of their own: what Swift or a
    /// protocol of a library has defined already (`==`, `description`, `init(from:)`), a plain initializer from parts,
    /// and a stored property or case of a documented type, as long as it is no quantity: those say unit and bounds.
    static func documentation(_ file: SourceFile) -> [Violation] {
        guard file.path.hasPrefix("Sources/Router/") else { return [] }
        return file.declarations.filter { symbol in
            symbol.isPublic && symbol.kind != "extension" && !Self.isDocumented(symbol, in: file)
                && !Self.isKnown(symbol, in: file) && !Self.isPlainMember(symbol, in: file)
        }.map { symbol in
            Violation(
                rule: .documentation, path: file.path, line: symbol.firstLine,
                symbol: (symbol.parents + [symbol.name]).joined(separator: "."),
                message: "\(symbol.kind) \(symbol.name) is public and has no documentation")
        }
    }

    private static func isDocumented(_ symbol: Declaration, in file: SourceFile) -> Bool {
        Self.hasComment(above: symbol.firstLine, in: file, startingWith: "///")
    }

    private static func isKnown(_ symbol: Declaration, in file: SourceFile) -> Bool {
        let witnesses: Set<String> = [
            "==", "<", "hash", "encode", "description", "debugDescription", "errorDescription", "customMirror",
            "log", "logLevel", "metadata", "metadataProvider",
        ]
        if witnesses.contains(symbol.name) { return true }
        return symbol.kind == "init" && Self.isPlain(symbol, in: file)
    }

    /// A stored property or case that its name, its type and the documentation around it explain.
    private static func isPlainMember(_ symbol: Declaration, in file: SourceFile) -> Bool {
        guard ["let", "var", "case"].contains(symbol.kind), symbol.lastLine == nil,
            !symbol.isStatic || symbol.kind == "case",
            !Self.isQuantity(symbol.name)
        else { return false }
        let around = file.declarations.last { type in
            type.isType && type.name == symbol.parents.last && type.firstLine < symbol.firstLine
        }
        return around.map { Self.isDocumented($0, in: file) } ?? false
    }

    private static func isQuantity(_ name: String) -> Bool {
        ["Max", "Min", "Seconds", "Milliseconds", "Nanoseconds", "Bytes", "PerSecond"].contains { name.hasSuffix($0) }
    }

    /// An initializer that only assigns, or decodes.
    private static func isPlain(_ initializer: Declaration, in file: SourceFile) -> Bool {
        guard let last = initializer.lastLine else { return false }
        let signature = file.code[initializer.firstLine].trimmedStart
        if signature.contains("init(from decoder:") { return true }
        guard let brace = (initializer.firstLine...last).first(where: { file.code[$0].hasSuffix("{") }) else {
            return initializer.firstLine == last
        }
        return (brace + 1..<last).allSatisfy { line in
            let code = file.code[line].trimmedStart
            return code.isEmpty || (code.hasPrefix("self.") && code.contains(" = "))
        }
    }
}
