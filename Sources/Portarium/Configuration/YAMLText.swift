import Yams

/// A YAML document with everything that is wrong with its syntax.
///
/// Yams stops at the first mapping that has a key twice and shows the first of the two. Here the second one is shown,
/// it is blanked out, and the rest of the document is read too, so that one run shows every fault.
struct YAMLText {
    /// Stands where a duplicate key stood: private-use characters of the key's own length, so that columns stay true.
    static let blank: Unicode.Scalar = "\u{E000}"
    /// Duplicates that are shown at most.
    private static let duplicatesMax = 100

    /// nil where the document is empty or cannot be read.
    private(set) var root: Node?
    private(set) var issues: [ConfigurationIssue] = []

    init(_ text: String) {
        var text = text
        for _ in 0..<Self.duplicatesMax {
            do {
                self.root = try Parser(yaml: text).singleRoot()
                return
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                let names = duplicates.sorted()
                guard let name = names.first, let blanked = self.blankSecond(name, after: context.mark, in: text) else {
                    self.report(context.mark, "'\(names.first ?? "")' is there twice in one mapping: keep one of them")
                    return
                }
                text = blanked
            } catch let error as YamlError {
                self.report(error, in: text)
                return
            } catch {
                self.issues.append(ConfigurationIssue(line: 1, column: 1, message: "\(error)"))
                return
            }
        }
    }

    /// Blanks the next line's key `name` that begins in the column of the first one; nil where no such line is found
    /// (a mapping in braces, a key in quotes).
    private mutating func blankSecond(_ name: String, after first: Mark, in text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
        let key = Array(name.unicodeScalars)
        let start = first.column - 1
        for index in lines.indices.dropFirst(first.line) {
            let line = lines[index]
            guard line.count > start + key.count, line[..<start].allSatisfy({ $0 == " " }),
                Array(line[start..<(start + key.count)]) == key,
                line[(start + key.count)...].first(where: { $0 != " " && $0 != "\t" }) == ":"
            else { continue }
            let mark = "first on line \(first.line)"
            self.issues.append(
                ConfigurationIssue(
                    line: index + 1, column: first.column, key: name,
                    message: "'\(name)' is there twice (\(mark)): keep one of them"))
            // The number of the line makes the placeholder unlike every other one.
            let scalars = (0..<key.count).map { place in
                Unicode.Scalar(Self.blank.value + UInt32((index >> (place * 5)) & 31)) ?? Self.blank
            }
            lines[index].replaceSubrange(start..<(start + key.count), with: scalars)
            return lines.map { line in
                var view = String.UnicodeScalarView()
                view.append(contentsOf: line)
                return String(view)
            }.joined(separator: "\n")
        }
        return nil
    }

    private mutating func report(_ error: YamlError, in text: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
            self.report(mark, "this is no YAML: \(problem)\(place)")
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            self.issues.append(ConfigurationIssue(line: line, column: column, message: "this is no YAML: \(problem)"))
        default:
            self.issues.append(ConfigurationIssue(line: 1, column: 1, message: "this is no YAML: \(error)"))
        }
    }

    private mutating func report(_ mark: Mark, _ message: String) {
        self.issues.append(ConfigurationIssue(line: mark.line, column: mark.column, message: message))
    }
}
