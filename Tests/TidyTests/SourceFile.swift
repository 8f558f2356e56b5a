import Foundation

/// One Swift file of the repository, as the house rules see it.
struct SourceFile {
    /// Relative to the root of the repository.
    let path: String
    /// The lines as they are written.
    let lines: [String]
    /// The same lines with comments and the inside of strings blanked.
    let code: [String]
    /// What is declared in it, in order.
    let declarations: [Declaration]

    init(path: String, text: String) {
        self.path = path
        self.lines = Self.split(Array(text.utf8))
        self.code = Self.split(CodeMask.masked(Array(text.utf8)))
        self.declarations = DeclarationScanner.declarations(in: self.code)
    }

    /// `Type+Concern` of `Sources/Room/Type+Concern.swift`.
    var name: String {
        let file = self.path.split(separator: "/").last.map(String.init) ?? self.path
        return file.hasSuffix(".swift") ? String(file.dropLast(6)) : file
    }

    var isInSources: Bool { self.path.hasPrefix("Sources/") }
    var isInTests: Bool { self.path.hasPrefix("Tests/") }

    private static func split(_ bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
