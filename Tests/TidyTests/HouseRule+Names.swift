extension HouseRule {
    /// A file of Sources has at most one public type outside of all others, and the name of what it is about:
    /// `Type.swift`, `Type+Concern.swift`.
    static func typePerFile(_ file: SourceFile) -> [Violation] {
        guard file.isInSources else { return [] }
        let top = file.declarations.filter { $0.parents.isEmpty }
        let types = top.filter(\.isType)
        let published = types.filter(\.isPublic)
        var found = published.dropFirst().map { type in
            Violation(
                rule: .typePerFile, path: file.path, line: type.firstLine, symbol: type.name,
                message: "\(type.name) is the second public type of the file; give it one of its own")
        }
        let subject = file.name.split(separator: "+").first.map(String.init) ?? file.name
        let names =
            published.isEmpty
            ? types.map(\.name) + top.filter { $0.kind == "extension" }.flatMap { Self.spellings(of: $0.name) }
            : published.map(\.name)
        // `Type+Concern.swift` may also extend foreign types with what concerns the type it is named after.
        let isConcern =
            published.isEmpty && file.name.contains("+") && file.code.contains { !$0.words(named: subject).isEmpty }
        if !names.isEmpty, !names.contains(subject), !isConcern {
            found.append(
                Violation(
                    rule: .typePerFile, path: file.path,
                    message: "the file is not named after what it declares (\(names.joined(separator: ", ")))"))
        }
        return found
    }

    /// `Outer.Inner` may be filed as `Outer`, `Inner`, or in full.
    private static func spellings(of name: String) -> [String] {
        [name, name.split(separator: ".").joined()] + name.split(separator: ".").map(String.init)
    }

    /// A name that says nothing draws in everything.
    static func typeName(_ file: SourceFile) -> [Violation] {
        let banned = ["Utilities", "Utility", "Utils", "Util", "Helpers", "Helper", "Manager"]
        let folders = file.path.split(separator: "/").dropLast().map(String.init)
        var found = (folders + [file.name]).filter { name in banned.contains { name.hasSuffix($0) } }.map { name in
            Violation(rule: .typeName, path: file.path, symbol: name, message: "\(name) says nothing about its purpose")
        }
        for type in file.declarations where type.isType && banned.contains(where: { type.name.hasSuffix($0) }) {
            found.append(
                Violation(
                    rule: .typeName, path: file.path, line: type.firstLine, symbol: type.name,
                    message: "\(type.name) says nothing about its purpose"))
        }
        return found
    }
}
