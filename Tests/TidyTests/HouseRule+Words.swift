extension HouseRule {
    /// A task that nobody waits for outlives its owner, and its error is lost.
    static func structuredConcurrency(_ file: SourceFile) -> [Violation] {
        guard file.isInSources else { return [] }
        return Self.lines(of: file) { code in
            code.words(named: "Task").contains { rest in
                let rest = rest.drop { $0 == " " }
                return rest.first == "{" || rest.first == "(" || rest.first == "<" || rest.hasPrefix(".detached")
                    || rest.hasPrefix(".init")
            }
        }.map { Violation(rule: .structuredConcurrency, path: file.path, line: $0, message: "an unstructured task") }
    }

    static func bannedCall(_ file: SourceFile) -> [Violation] {
        guard file.isInSources else { return [] }
        var calls = ["try!", "as!", "fatalError(", "nonisolated(unsafe)"]
        if !file.path.hasPrefix("Sources/Portarium/") { calls += ["print(", "debugPrint(", "dump("] }
        return calls.flatMap { call in
            Self.lines(of: file) { $0.hasWord(startingWith: call) }.map { line in
                Violation(
                    rule: .bannedCall, path: file.path, line: line, symbol: call, message: "\(call) is not used here")
            }
        }
    }

    /// Work that is left over belongs to the issue tracker.
    static func bannedMark(_ file: SourceFile) -> [Violation] {
        file.lines.indices.compactMap { line in
            guard let mark = Marks.all.first(where: { !file.lines[line].words(named: $0).isEmpty }) else { return nil }
            return Violation(rule: .bannedMark, path: file.path, line: line, message: "\(mark) marks unfinished work")
        }
    }

    static func forceUnwrap(_ file: SourceFile) -> [Violation] {
        guard file.isInSources else { return [] }
        return Self.lines(of: file, where: \.hasForceUnwrap).map { line in
            Violation(rule: .forceUnwrap, path: file.path, line: line, message: "a forced unwrap")
        }
    }

    /// The compiler takes our word, so the word has to be given: a comment says what protects the state.
    static func uncheckedSendable(_ file: SourceFile) -> [Violation] {
        Self.lines(of: file) { $0.contains("@unchecked Sendable") }.filter { line in
            !Self.hasComment(above: Self.declarationStart(of: line, in: file), in: file)
        }.map { line in
            Violation(
                rule: .uncheckedSendable, path: file.path, line: line,
                message: "no comment above says what protects this type")
        }
    }

    private static func lines(of file: SourceFile, where matches: (String) -> Bool) -> [Int] {
        file.code.indices.filter { matches(file.code[$0]) }
    }

    /// The first line of the declaration that `line` is part of.
    private static func declarationStart(of line: Int, in file: SourceFile) -> Int {
        file.declarations.last { $0.firstLine <= line }?.firstLine ?? line
    }

    /// Whether a comment ends right above `line`, attributes skipped.
    static func hasComment(above line: Int, in file: SourceFile, startingWith mark: String = "//") -> Bool {
        var line = line - 1
        while line >= 0, file.lines[line].trimmedStart.hasPrefix("@") || file.lines[line].trimmedStart.hasPrefix("#if")
        {
            line -= 1
        }
        return line >= 0 && file.lines[line].trimmedStart.hasPrefix(mark)
    }
}
