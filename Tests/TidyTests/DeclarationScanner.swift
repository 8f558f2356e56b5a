/// Finds declarations in masked code, by keyword and brace: enough for sources that the formatter has laid out.
struct DeclarationScanner {
    /// A brace that is still open.
    private struct Scope {
        /// Index of the declaration the brace belongs to; nil for a plain block or closure.
        var declaration: Int?
        /// A function body: what is declared inside is nobody's business.
        var isBody: Bool
    }

    private static let modifiers: Set<Substring> = [
        "public", "open", "package", "internal", "fileprivate", "private", "static", "final", "override", "mutating",
        "nonmutating", "nonisolated", "indirect", "lazy", "weak", "unowned", "required", "convenience", "consuming",
        "borrowing", "isolated", "distributed",
    ]
    private static let keywords: Set<Substring> = [
        "func", "var", "let", "init", "deinit", "subscript", "case", "struct", "enum", "class", "actor", "protocol",
        "extension", "typealias",
    ]

    private var declarations: [Declaration] = []
    private var scopes: [Scope] = []
    /// The declaration whose body may still come.
    private var pending: Int?
    private var parentheses = 0

    static func declarations(in code: [String]) -> [Declaration] {
        var scanner = DeclarationScanner()
        for (index, line) in code.enumerated() { scanner.scan(line, at: index) }
        return scanner.declarations
    }

    private mutating func scan(_ line: String, at index: Int) {
        if self.parentheses == 0, !(self.scopes.last?.isBody ?? false) {
            self.declare(line, at: index)
        }
        for byte in line.utf8 {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["): self.parentheses += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): self.parentheses -= 1
            case UInt8(ascii: "{"): self.open()
            case UInt8(ascii: "}"): self.close(at: index)
            default: break
            }
        }
    }

    private mutating func open() {
        let declaration = self.parentheses == 0 ? self.pending : nil
        let isInBody = self.scopes.last?.isBody ?? false
        let isType = declaration.map { self.declarations[$0].isType || self.declarations[$0].kind == "extension" }
        self.scopes.append(Scope(declaration: declaration, isBody: isInBody || !(isType ?? false)))
        if declaration != nil { self.pending = nil }
    }

    private mutating func close(at index: Int) {
        guard let scope = self.scopes.popLast() else { return }
        if let declaration = scope.declaration { self.declarations[declaration].lastLine = index }
        // A closure among the default arguments does not end the signature.
        if self.parentheses == 0 { self.pending = nil }
    }

    private mutating func declare(_ line: String, at index: Int) {
        guard let found = Self.firstWords(of: line) else { return }
        let parents = self.scopes.compactMap { $0.declaration }.map { self.declarations[$0] }
        let takesParentAccess = found.keyword == "case" || parents.last?.kind == "protocol"
        let isPublic =
            found.modifiers.contains("public") || found.modifiers.contains("open")
            || (takesParentAccess && !parents.isEmpty && parents.allSatisfy { $0.isPublic || $0.kind == "extension" })
        self.declarations.append(
            Declaration(
                kind: String(found.keyword), name: found.name, isPublic: isPublic,
                isStatic: found.modifiers.contains("static") || found.modifiers.contains("class"),
                firstLine: index, lastLine: nil, parents: parents.map(\.name)))
        self.pending = self.declarations.count - 1
    }

    /// Splits `@a public static func name<T>(…)` into modifiers, keyword and name.
    private static func firstWords(of line: String) -> (modifiers: Set<Substring>, keyword: Substring, name: String)? {
        var rest = Substring(line).drop { $0 == " " }
        var modifiers: Set<Substring> = []
        while !rest.isEmpty {
            if rest.first == "@" {
                rest = Self.dropAttribute(rest)
                continue
            }
            let word = rest.prefix { $0.isLetter }
            let after = rest.dropFirst(word.count)
            let isClassModifier =
                word == "class" && ["func ", "var ", "let "].contains { after.dropFirst().hasPrefix($0) }
            if Self.modifiers.contains(word) || isClassModifier {
                modifiers.insert(word)
                rest = (after.first == "(" ? after.drop { $0 != ")" }.dropFirst() : after).drop { $0 == " " }
            } else if Self.keywords.contains(word), Self.endsKeyword(after.first) {
                return (modifiers, word, Self.name(after: word, in: after))
            } else {
                return nil
            }
        }
        return nil
    }

    private static func endsKeyword(_ character: Character?) -> Bool {
        guard let character else { return true }
        return !(character.isLetter || character.isNumber || character == "_" || character == ":" || character == ".")
    }

    private static func dropAttribute(_ text: Substring) -> Substring {
        var rest = text.dropFirst().drop { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        if rest.first == "(" {
            var depth = 0
            repeat {
                if rest.first == "(" { depth += 1 }
                if rest.first == ")" { depth -= 1 }
                rest = rest.dropFirst()
            } while depth > 0 && !rest.isEmpty
        }
        return rest.drop { $0 == " " }
    }

    private static func name(after keyword: Substring, in text: Substring) -> String {
        guard !["init", "deinit", "subscript"].contains(keyword) else { return String(keyword) }
        let trimmed = text.drop { $0 == " " || $0 == "`" }
        let isExtension = keyword == "extension"
        let identifier = trimmed.prefix { $0.isLetter || $0.isNumber || $0 == "_" || (isExtension && $0 == ".") }
        return identifier.isEmpty ? String(trimmed.prefix { $0 != " " && $0 != "(" }) : String(identifier)
    }
}
