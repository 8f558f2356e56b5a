extension SeededRandom {
    /// A document with one to four changes: bits, bytes, pieces cut out, moved, doubled, or taken from `tokens`.
    public mutating func mutated(_ document: [UInt8], tokens: [[UInt8]]) -> [UInt8] {
        var bytes = document
        for _ in 0...self.below(4) {
            let place = self.below(bytes.count + 1)
            switch self.below(7) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(self.below(8))
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2 where !tokens.isEmpty: bytes.insert(contentsOf: self.pick(tokens), at: place)
            case 3 where place < bytes.count: bytes.removeSubrange(place..<min(bytes.count, place + self.below(12)))
            case 4 where place < bytes.count:
                let copy = bytes[place..<min(bytes.count, place + self.below(24))]
                bytes.insert(contentsOf: copy, at: self.below(bytes.count + 1))
            case 5 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: self.next())
            case 6 where place < bytes.count: bytes.swapAt(place, self.below(bytes.count))
            default: bytes.append(UInt8(truncatingIfNeeded: self.next()))
            }
        }
        return bytes
    }
}
