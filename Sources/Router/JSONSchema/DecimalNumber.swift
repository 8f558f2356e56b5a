/// A number of JSON as it is written, exactly: digits and a power of ten. `1`, `1.0` and `10e-1` are the same.
public struct DecimalNumber: Sendable, Hashable, Comparable {
    /// Powers of ten beyond this are no number that is taken.
    public static let exponentMax = 1_000_000

    static let one = DecimalNumber(isNegative: false, digits: [1], exponent: 0)

    private let isNegative: Bool
    /// From the greatest on, without zeros in front or behind; none for zero.
    private let digits: [UInt8]
    /// Of the last digit.
    private let exponent: Int

    /// - Parameter text: a number as RFC 8259, section 6, writes it; nil where its exponent is beyond ``exponentMax``.
    init?(_ text: UnsafeRawBufferPointer) {
        var digits: [UInt8] = []
        var (exponent, isNegative, isFraction) = (0, false, false)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case 0x30...0x39:
                digits.append(byte - 0x30)
                if isFraction { exponent -= 1 }
            default:
                guard let written = Self.exponent(text[index...]) else { return nil }
                exponent += written
                index = text.endIndex
            }
        }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        let zeros = digits.prefix { $0 == 0 }.count
        digits.removeFirst(zeros)
        guard abs(exponent) <= Self.exponentMax || digits.isEmpty else { return nil }
        self.isNegative = isNegative && !digits.isEmpty
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : exponent
    }

    private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
        self.isNegative = isNegative
        self.digits = digits
        self.exponent = exponent
    }

    private static func exponent(_ text: Slice<UnsafeRawBufferPointer>) -> Int? {
        var (value, isNegative) = (0, false)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            default:
                value = value * 10 + Int(byte - 0x30)
                guard value <= self.exponentMax else { return nil }
            }
        }
        return isNegative ? -value : value
    }

    /// Whether it is a whole number, however it is written.
    var isInteger: Bool { self.exponent >= 0 }

    var isZero: Bool { self.digits.isEmpty }

    /// Greater than zero.
    var isPositive: Bool { !self.isNegative && !self.isZero }

    /// As a whole number that is not negative; nil where it is none, or greater than a thousand million.
    var count: Int? {
        guard !self.isNegative, self.isInteger, self.digits.count + self.exponent <= 10 else { return nil }
        let value = self.digits.reduce(0) { $0 * 10 + Int($1) }
        return (0..<self.exponent).reduce(value) { value, _ in value * 10 }
    }

    /// The most digits of a divisor of ``isMultiple(of:)``.
    static let divisorDigitsMax = 18

    var hasDivisorLength: Bool { self.digits.count <= Self.divisorDigitsMax }

    /// Whether division gives a whole number. Exact: in whole numbers, whatever the exponents are.
    /// - Parameter divisor: greater than zero, with at most ``divisorDigitsMax`` digits.
    func isMultiple(of divisor: DecimalNumber) -> Bool {
        if self.isZero { return true }
        // The last digit is not zero: no power of ten that is missing is in it.
        guard self.exponent >= divisor.exponent else { return false }
        let modulus = divisor.digits.reduce(0) { $0 * 10 + UInt64($1) }
        let remainder = self.digits.reduce(0) { ($0 * 10 + UInt64($1)) % modulus }
        return Self.product(remainder, Self.powerOfTen(self.exponent - divisor.exponent, modulo: modulus), modulus) == 0
    }

    private static func product(_ left: UInt64, _ right: UInt64, _ modulus: UInt64) -> UInt64 {
        modulus.dividingFullWidth((left % modulus).multipliedFullWidth(by: right % modulus)).remainder
    }

    private static func powerOfTen(_ exponent: Int, modulo modulus: UInt64) -> UInt64 {
        var (power, base, rest) = (1 % modulus, 10 % modulus, exponent)
        while rest > 0 {
            if rest & 1 == 1 { power = self.product(power, base, modulus) }
            base = self.product(base, base, modulus)
            rest >>= 1
        }
        return power
    }

    public static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? self.isLess(right, left) : self.isLess(left, right)
    }

    /// Without their signs.
    private static func isLess(_ left: Self, _ right: Self) -> Bool {
        if left.isZero || right.isZero { return left.isZero && !right.isZero }
        let (leftLength, rightLength) = (left.digits.count + left.exponent, right.digits.count + right.exponent)
        guard leftLength == rightLength else { return leftLength < rightLength }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}
