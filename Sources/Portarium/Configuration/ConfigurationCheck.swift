import Yams

/// The result of reading a configuration file against ``ConfigurationKey/table``: every fault with its line.
struct ConfigurationCheck {
    /// In the order of the lines.
    private(set) var issues: [ConfigurationIssue] = []
    /// The defaults with everything from the file that is right.
    private(set) var configuration = RouterConfiguration()
    /// The dotted names of the settings that are there, and where their values are.
    private(set) var marks: [String: Mark] = [:]
    /// The same for the elements of lists.
    private var elementMarks: [String: [Mark?]] = [:]

    private static let keys: [[String]: ConfigurationKey] = Dictionary(
        uniqueKeysWithValues: ConfigurationKey.table.map { ($0.path, $0) })
    private static let sections: [String] = ConfigurationKey.table.reduce(into: []) { sections, key in
        if key.path.count == 2, !sections.contains(key.path[0]) { sections.append(key.path[0]) }
    }

    /// Checks the bytes of a file.
    init(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            self.reportEncoding(bytes)
            return
        }
        let document = YAMLText(text)
        self.issues = document.issues
        if let root = document.root { self.check(root: root) }
        self.checkRules()
        self.issues.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    private mutating func reportEncoding(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        self.issues = [ConfigurationIssue(line: line + 1, column: 1, message: "this line is not UTF-8")]
    }

    private mutating func check(root: Node) {
        if Self.isNull(root) { return }
        guard let mapping = root.mapping else {
            self.report(
                root.mark, nil, "the file must hold sections with keys, such as 'server:' with 'listenPort: 8080'")
            return
        }
        self.check(mapping, in: [])
    }

    private mutating func check(_ mapping: Node.Mapping, in prefix: [String]) {
        for (keyNode, value) in mapping {
            guard let name = keyNode.scalar?.string else {
                self.report(keyNode.mark, nil, "a key must be a word")
                continue
            }
            if let first = name.unicodeScalars.first, (0xE000...0xE01F).contains(first.value) { continue }
            let path = prefix + [name]
            if let key = Self.keys[path] {
                self.check(value, for: key, keyMark: keyNode.mark)
            } else if prefix.isEmpty, Self.sections.contains(name) {
                if let section = value.mapping {
                    self.check(section, in: path)
                } else if !Self.isNull(value) {
                    self.report(value.mark, name, "\(name) is a section: its keys belong on the lines below, indented")
                }
            } else {
                self.report(keyNode.mark, path.joined(separator: "."), Self.unknown(path))
            }
        }
    }

    private mutating func check(_ node: Node, for key: ConfigurationKey, keyMark: Mark?) {
        self.marks[key.name] = node.mark ?? keyMark
        if let sequence = node.sequence { self.elementMarks[key.name] = sequence.map(\.mark) }
        do throws(ConfigurationFault) {
            try key.apply(try Self.value(of: node, for: key), to: &self.configuration)
        } catch {
            let element = error.index.flatMap { index in node.sequence.map { $0[index] } }
            self.report(element?.mark ?? node.mark ?? keyMark, key.name, "\(key.name) \(error.message)")
        }
    }

    /// The value as the setting's form wants it.
    private static func value(of node: Node, for key: ConfigurationKey) throws(ConfigurationFault) -> ConfigurationValue
    {
        if self.isNull(node) { throw ConfigurationFault("has no value: give one, or take the key out") }
        switch key.form {
        case .integer:
            guard let scalar = node.scalar, let number = Int.construct(from: scalar) else {
                throw ConfigurationFault(key.mismatch + self.found(node))
            }
            return .integer(number)
        case .number:
            guard let scalar = node.scalar, let number = Double.construct(from: scalar) else {
                throw ConfigurationFault(key.mismatch + self.found(node))
            }
            return .number(number)
        case .boolean:
            guard let scalar = node.scalar, let flag = Bool.construct(from: scalar) else {
                throw ConfigurationFault(key.mismatch + self.found(node))
            }
            return .boolean(flag)
        case .text, .choice:
            guard let scalar = node.scalar else { throw ConfigurationFault(key.mismatch + self.found(node)) }
            return .text(scalar.string)
        case .secret:
            guard let scalar = node.scalar else { throw ConfigurationFault(key.mismatch + self.found(node)) }
            return .secret(Secret(scalar.string))
        case .list:
            guard let sequence = node.sequence else { throw ConfigurationFault(key.mismatch + self.found(node)) }
            var elements: [String] = []
            for (index, element) in sequence.enumerated() {
                guard let scalar = element.scalar, !self.isNull(element) else {
                    throw ConfigurationFault("must hold texts only" + self.found(element), index: index)
                }
                elements.append(scalar.string)
            }
            return .list(elements)
        }
    }

    private static func found(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): ", not '\(scalar.string.prefix(60))'"
        case .sequence: ", not a list"
        case .mapping: ", not a section"
        case .alias: ", not an alias"
        }
    }

    private static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func unknown(_ path: [String]) -> String {
        let name = path.joined(separator: ".")
        let last = path[path.count - 1]
        let prefix = Array(path.dropLast())
        let siblings =
            self.keys.keys.filter { Array($0.dropLast()) == prefix }.compactMap(\.last)
            + (prefix.isEmpty ? self.sections : [])
        var suggestion = Spelling.nearest(to: last, in: siblings.sorted()).map {
            (prefix + [$0]).joined(separator: ".")
        }
        if suggestion == nil {
            let tails = self.keys.keys.compactMap(\.last).sorted()
            suggestion = Spelling.nearest(to: last, in: tails).flatMap { tail in
                ConfigurationKey.table.first { $0.path.last == tail }?.name
            }
        }
        return "there is no key '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }

    private mutating func checkRules() {
        // What a file lacks may come from the environment or the command line.
        for rule in ConfigurationRule.all where !rule.needsAllSources && !rule.holds(self.configuration) {
            let key = rule.keys.first { self.marks[$0] != nil } ?? rule.keys[0]
            self.report(self.marks[key], key, rule.message)
        }
        for (key, index, message) in ConfigurationRule.unroutedTopics(self.configuration) {
            let elements = self.elementMarks[key] ?? []
            self.report(elements.indices.contains(index) ? elements[index] : self.marks[key], key, message)
        }
    }

    private mutating func report(_ mark: Mark?, _ key: String?, _ message: String) {
        self.issues.append(
            ConfigurationIssue(line: mark?.line ?? 1, column: mark?.column ?? 1, key: key, message: message))
    }
}
