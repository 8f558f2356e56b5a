/// An aligned table for people.
struct TextTable: Sendable {
    /// One column's heading and side.
    struct Column: Sendable {
        var heading: String
        var isNumber: Bool

        /// Words stand left.
        static func text(_ heading: String) -> Column { Column(heading: heading, isNumber: false) }
        /// Numbers stand right.
        static func number(_ heading: String) -> Column { Column(heading: heading, isNumber: true) }
    }

    var columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; what is missing at its end is empty.
    mutating func add(_ cells: [String]) {
        let padded = cells.prefix(self.columns.count).map(TerminalText.safe)
        self.rows.append(padded + Array(repeating: "", count: self.columns.count - padded.count))
    }

    /// Two blanks between columns; the last one is clipped where the window is narrower than the table.
    func rendered(columns windowColumns: Int? = nil) -> String {
        let all = [self.columns.map(\.heading)] + self.rows
        let widths = self.columns.indices.map { index in all.map { TerminalText.width($0[index]) }.max() ?? 0 }
        return all.map { row in self.line(row, widths, windowColumns) }.joined(separator: "\n")
    }

    private func line(_ row: [String], _ widths: [Int], _ windowColumns: Int?) -> String {
        var line = ""
        var used = 0
        for (index, cell) in row.enumerated() {
            let isLast = index == row.count - 1
            var cell = cell
            if isLast, let windowColumns { cell = TerminalText.clipped(cell, to: max(8, windowColumns - used)) }
            let padding = String(repeating: " ", count: max(0, widths[index] - TerminalText.width(cell)))
            line += self.columns[index].isNumber ? padding + cell : (isLast ? cell : cell + padding)
            if !isLast { line += "  " }
            used += widths[index] + 2
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
