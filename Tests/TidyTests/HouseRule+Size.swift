extension HouseRule {
    static func fileLength(_ file: SourceFile) -> [Violation] {
        let max = file.isInTests ? Self.testFileLinesMax : Self.fileLinesMax
        guard file.lines.count > max else { return [] }
        let message = "\(file.lines.count) lines; at most \(max) are allowed"
        return [Violation(rule: .fileLength, path: file.path, message: message)]
    }

    static func functionLength(_ file: SourceFile) -> [Violation] {
        file.declarations.filter { $0.isFunction && $0.lineCount > Self.functionLinesMax }.map { function in
            Violation(
                rule: .functionLength, path: file.path, line: function.firstLine, symbol: function.name,
                message:
                    "\(function.name) has \(function.lineCount) lines; at most \(Self.functionLinesMax) fit a screen")
        }
    }

    static func lineLength(_ file: SourceFile) -> [Violation] {
        file.lines.indices.filter { file.lines[$0].count > Self.columnsMax }.map { line in
            Violation(
                rule: .lineLength, path: file.path, line: line,
                message: "\(file.lines[line].count) columns; at most \(Self.columnsMax) are allowed")
        }
    }
}
