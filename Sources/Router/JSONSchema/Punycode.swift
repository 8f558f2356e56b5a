/// Characters in letters and digits (RFC 3492).
enum Punycode {
    private static let (base, least, most, skew, damping) = (36, 1, 26, 38, 700)

    /// Without `xn--`; nil where the numbers grow too large.
    static func encode(_ scalars: [Unicode.Scalar]) -> [UInt8]? {
        var output = scalars.filter(\.isASCII).map { UInt8($0.value) }
        let basic = output.count
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (n, delta, bias, handled) = (0x80, 0, 72, basic)
        while handled < scalars.count {
            guard let next = scalars.lazy.map({ Int($0.value) }).filter({ $0 >= n }).min() else { return nil }
            delta += (next - n) * (handled + 1)
            guard delta < Int(Int32.max) else { return nil }
            n = next
            for scalar in scalars {
                if Int(scalar.value) < n { delta += 1 }
                guard Int(scalar.value) == n else { continue }
                var (q, k) = (delta, self.base)
                while true {
                    let threshold = self.threshold(k, bias)
                    if q < threshold { break }
                    output.append(self.letter(threshold + (q - threshold) % (self.base - threshold)))
                    q = (q - threshold) / (self.base - threshold)
                    k += self.base
                }
                output.append(self.letter(q))
                bias = self.adapted(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return output
    }

    /// What stands behind `xn--`; nil where it is not so encoded.
    static func decode(_ bytes: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
        var (output, rest): ([Unicode.Scalar], ArraySlice<UInt8>) = ([], bytes)
        if let dash = bytes.lastIndex(of: UInt8(ascii: "-")) {
            output = bytes[..<dash].map { Unicode.Scalar($0) }
            rest = bytes[(dash + 1)...]
        }
        var (n, index, bias) = (0x80, 0, 72)
        while !rest.isEmpty {
            let (start, count) = (index, output.count + 1)
            var (weight, k) = (1, self.base)
            while true {
                guard let byte = rest.popFirst(), let digit = self.digit(byte) else { return nil }
                index += digit * weight
                let threshold = self.threshold(k, bias)
                if digit < threshold { break }
                weight *= self.base - threshold
                guard index < Int(Int32.max), weight < Int(Int32.max) else { return nil }
                k += self.base
            }
            bias = self.adapted(index - start, count, isFirst: start == 0)
            n += index / count
            index %= count
            guard n <= 0x10_ffff, let scalar = Unicode.Scalar(UInt32(n)) else { return nil }
            output.insert(scalar, at: index)
            index += 1
        }
        return output
    }

    private static func threshold(_ k: Int, _ bias: Int) -> Int { min(max(k - bias, self.least), self.most) }

    private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var (delta, k) = (isFirst ? delta / self.damping : delta / 2, 0)
        delta += delta / count
        while delta > (self.base - self.least) * self.most / 2 {
            delta /= self.base - self.least
            k += self.base
        }
        return k + (self.base - self.least + 1) * delta / (delta + self.skew)
    }

    private static func letter(_ digit: Int) -> UInt8 {
        digit < 26 ? UInt8(ascii: "a") + UInt8(digit) : UInt8(ascii: "0") + UInt8(digit - 26)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30 + 26
        case 0x41...0x5a: Int(byte) - 0x41
        case 0x61...0x7a: Int(byte) - 0x61
        default: nil
        }
    }
}
