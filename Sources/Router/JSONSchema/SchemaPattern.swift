/// A regular expression whose time grows with the text and not faster: all ways to match are followed at once
/// (Thompson's construction), none is tried again.
///
/// Syntax and meaning are those of ECMA-262 in Unicode mode, not anchored. Lookaround, backreferences and scripts in
/// `\p{…}` are refused: they cannot be matched in linear time, or the tables are not there.
public struct SchemaPattern: Sendable {
    /// Why a pattern is not taken.
    public struct Fault: Error, Hashable {
        public let reason: String
    }

    private enum Instruction: Sendable {
        case characters(PatternNode.CharacterSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordBoundary(isNegated: Bool)
        case match
    }

    /// Steps of a pattern at most, when its counts are written out.
    public static let stepsMax = 10_000
    private var program: [Instruction] = []

    /// - Throws: ``Fault`` where it is no such expression, or asks for more than is taken.
    public init(_ text: String) throws(Fault) {
        let node: PatternNode
        do throws(PatternParser.Fault) {
            node = try PatternParser.parse(text)
        } catch {
            throw Fault(reason: error.reason)
        }
        try self.add(node)
        self.program.append(.match)
    }

    /// Whether a text is an expression at all, though perhaps not one that is taken: for the format `regex`.
    static func isExpression(_ text: String) -> Bool { (try? PatternParser.parse(text)) != nil }

    private mutating func add(_ node: PatternNode) throws(Fault) {
        guard self.program.count < Self.stepsMax else {
            throw Fault(reason: "it has more than \(Self.stepsMax) steps when its counts are written out")
        }
        switch node {
        case .empty: break
        case .characters(let characters): self.program.append(.characters(characters))
        case .sequence(let nodes): for node in nodes { try self.add(node) }
        case .alternatives(let nodes): try self.add(alternatives: nodes)
        case .repeated(let node, let min, let max): try self.add(node, min: min, max: max)
        case .start: self.program.append(.start)
        case .end: self.program.append(.end)
        case .wordBoundary(let isNegated): self.program.append(.wordBoundary(isNegated: isNegated))
        case .unsupported(let what): throw Fault(reason: "a \(what) cannot be matched in linear time")
        }
    }

    private mutating func add(alternatives nodes: [PatternNode]) throws(Fault) {
        var jumps: [Int] = []
        for (index, node) in nodes.enumerated() {
            let split = self.program.count
            let isLast = index == nodes.count - 1
            if !isLast { self.program.append(.split(split + 1, 0)) }
            try self.add(node)
            guard !isLast else { break }
            jumps.append(self.program.count)
            self.program.append(.jump(0))
            self.program[split] = .split(split + 1, self.program.count)
        }
        for jump in jumps { self.program[jump] = .jump(self.program.count) }
    }

    private mutating func add(_ node: PatternNode, min: Int, max: Int?) throws(Fault) {
        for _ in 0..<min {
            let before = self.program.count
            try self.add(node)
            // Nothing, however often, is nothing.
            if self.program.count == before { return }
        }
        guard let max else {
            let split = self.program.count
            self.program.append(.split(split + 1, 0))
            try self.add(node)
            self.program.append(.jump(split))
            self.program[split] = .split(split + 1, self.program.count)
            return
        }
        var splits: [Int] = []
        for _ in min..<Swift.max(min, max) {
            splits.append(self.program.count)
            self.program.append(.split(self.program.count + 1, 0))
            try self.add(node)
            if self.program.count == splits[splits.count - 1] + 1 { break }
        }
        for split in splits { self.program[split] = .split(split + 1, self.program.count) }
    }

    /// How many steps it has, its counts written out.
    var stepCount: Int { self.program.count }

    /// What one look at a text of this length costs at most, in steps.
    func cost(of text: String) -> Int { (text.utf8.count + 1) * self.program.count }

    /// Whether some part of the text matches.
    public func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = StepSet(self.program.count)
        var next = StepSet(self.program.count)
        var stack: [Int] = []
        for position in 0...scalars.count {
            // A match may begin anywhere.
            if self.follow(0, position, scalars, &current, &stack) { return true }
            guard position < scalars.count else { break }
            for step in current.steps {
                guard case .characters(let characters) = self.program[step],
                    characters.contains(scalars[position])
                else { continue }
                if self.follow(step + 1, position + 1, scalars, &next, &stack) { return true }
            }
            swap(&current, &next)
            next.removeAll()
        }
        return false
    }

    /// Adds a step and all that can be reached from it without a character. True where that is the end.
    private func follow(
        _ first: Int, _ position: Int, _ scalars: [Unicode.Scalar], _ set: inout StepSet, _ stack: inout [Int]
    ) -> Bool {
        stack.append(first)
        while let step = stack.popLast() {
            guard set.insert(step) else { continue }
            switch self.program[step] {
            case .characters: break
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .jump(let target): stack.append(target)
            case .start: if position == 0 { stack.append(step + 1) }
            case .end: if position == scalars.count { stack.append(step + 1) }
            case .wordBoundary(let isNegated):
                let before = position > 0 && Self.isWord(scalars[position - 1])
                let after = position < scalars.count && Self.isWord(scalars[position])
                if (before != after) != isNegated { stack.append(step + 1) }
            case .match:
                stack.removeAll(keepingCapacity: true)
                return true
            }
        }
        return false
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        PatternNode.CharacterSet.words.contains { $0.contains(scalar.value) }
    }

    /// Steps, each once, in the order in which they came.
    private struct StepSet {
        private(set) var steps: [Int] = []
        private var isIn: [Bool]

        init(_ count: Int) { self.isIn = [Bool](repeating: false, count: count) }

        mutating func insert(_ step: Int) -> Bool {
            guard !self.isIn[step] else { return false }
            self.isIn[step] = true
            self.steps.append(step)
            return true
        }

        mutating func removeAll() {
            for step in self.steps { self.isIn[step] = false }
            self.steps.removeAll(keepingCapacity: true)
        }
    }
}
