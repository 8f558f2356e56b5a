import CloudEvents

extension SubscriptionIndex {
    /// Which attributes are hashed, and how much of each.
    struct Signature: Hashable {
        struct Part: Hashable {
            var attribute: [UInt8]
            /// nil: the whole value; otherwise so many bytes from its beginning.
            var prefixBytes: Int?
        }

        /// In a fixed order; empty: everything has the same key.
        var parts: [Part]

        /// One place where a subscription is filed.
        struct Filing: Hashable {
            var signature: Signature
            var key: Int
        }

        /// Attributes with one exact value that go into a signature.
        private static let exactPartsMax = 4
        /// Longer prefixes are cut to this, so that a tenant has a bounded number of prefix signatures.
        private static let prefixBytesMax = 128

        /// The key of an event; nil: it lacks an attribute, or has a value too short.
        func key(of event: CloudEvent) -> Int? {
            var hasher = Hasher()
            for part in self.parts {
                let isThere = part.attribute.withUnsafeBytes { name in
                    event.attributes.withValue(of: name) { _, value in
                        let count = part.prefixBytes ?? value.count
                        guard count <= value.count else { return false }
                        Self.combine(UnsafeRawBufferPointer(rebasing: value[..<count]), into: &hasher)
                        return true
                    }
                }
                guard isThere == true else { return nil }
            }
            return hasher.finalize()
        }

        /// Where a subscription with these constraints is filed: by all its single exact values (at most four), and,
        /// where the type is not among them, by each of the types or type prefixes that it allows.
        static func filings(of constraints: AttributeConstraints) -> Set<Filing> {
            var singles: [(attribute: String, pattern: AttributeValuePattern)] = []
            var others: [(attribute: String, patterns: [AttributeValuePattern])] = []
            for (attribute, patterns) in constraints.alternatives {
                if patterns.count == 1, case .exact = patterns[0] {
                    singles.append((attribute, patterns[0]))
                } else {
                    others.append((attribute, patterns))
                }
            }
            singles.sort { self.rank($0.attribute) < self.rank($1.attribute) }
            others.sort { self.rank($0.attribute) < self.rank($1.attribute) }
            singles = Array(singles.prefix(self.exactPartsMax))
            let hasType = singles.contains { $0.attribute == "type" }
            let other = others.first.flatMap { singles.isEmpty || (!hasType && $0.attribute == "type") ? $0 : nil }
            guard let other else { return [self.filing(singles)] }
            return Set(other.patterns.map { self.filing(singles + [(other.attribute, $0)]) })
        }

        /// The type tells most, then source and subject.
        private static func rank(_ attribute: String) -> (Int, String) {
            switch attribute {
            case "type": (0, attribute)
            case "source": (1, attribute)
            case "subject": (2, attribute)
            default: (3, attribute)
            }
        }

        private static func filing(_ patterns: [(attribute: String, pattern: AttributeValuePattern)]) -> Filing {
            var hasher = Hasher()
            var parts: [Part] = []
            for (attribute, pattern) in patterns {
                let part: Part
                switch pattern {
                case .exact(let value):
                    part = Part(attribute: Array(attribute.utf8), prefixBytes: nil)
                    value.withUnsafeBytes { self.combine($0, into: &hasher) }
                case .prefix(let value):
                    let count = min(value.count, self.prefixBytesMax)
                    part = Part(attribute: Array(attribute.utf8), prefixBytes: count)
                    value.withUnsafeBytes {
                        self.combine(UnsafeRawBufferPointer(rebasing: $0[..<count]), into: &hasher)
                    }
                }
                parts.append(part)
            }
            return Filing(signature: Signature(parts: parts), key: hasher.finalize())
        }

        private static func combine(_ bytes: UnsafeRawBufferPointer, into hasher: inout Hasher) {
            hasher.combine(bytes.count)
            hasher.combine(bytes: bytes)
        }
    }
}
