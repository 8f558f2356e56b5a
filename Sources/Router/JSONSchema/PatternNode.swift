/// A regular expression of ECMA-262 in its Unicode mode, taken apart.
indirect enum PatternNode: Sendable {
    case empty
    case characters(CharacterSet)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// At least `min` times, at most `max`; nil: as often as there are.
    case repeated(PatternNode, min: Int, max: Int?)
    case start
    case end
    case wordBoundary(isNegated: Bool)
    /// Valid syntax that would take more than linear time: said by name.
    case unsupported(String)

    /// Characters that stand at one place.
    struct CharacterSet: Sendable {
        var ranges: [ClosedRange<UInt32>] = []
        var properties: [(property: CharacterProperty, isNegated: Bool)] = []
        var isNegated = false

        init(_ ranges: [ClosedRange<UInt32>] = [], isNegated: Bool = false) {
            self.ranges = ranges
            self.isNegated = isNegated
        }

        init(_ scalar: Unicode.Scalar) { self.ranges = [scalar.value...scalar.value] }

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            let isIn =
                self.ranges.contains { $0.contains(scalar.value) }
                || self.properties.contains { $0.property.contains(scalar) != $0.isNegated }
            return isIn != self.isNegated
        }

        /// ECMA-262, section 22.2.2.9: digits, words, white space.
        static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
        static let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a]
        static let spaces: [ClosedRange<UInt32>] = [
            0x09...0x0d, 0x20...0x20, 0xa0...0xa0, 0x1680...0x1680, 0x2000...0x200a, 0x2028...0x2029,
            0x202f...0x202f, 0x205f...0x205f, 0x3000...0x3000, 0xfeff...0xfeff,
        ]
        static let lineEnds: [ClosedRange<UInt32>] = [0x0a...0x0a, 0x0d...0x0d, 0x2028...0x2029]

        /// What is in none of them.
        static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
            var (result, next): ([ClosedRange<UInt32>], UInt32) = ([], 0)
            for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
                next = max(next, range.upperBound + 1)
            }
            if next <= 0x10_ffff { result.append(next...0x10_ffff) }
            return result
        }
    }
}
