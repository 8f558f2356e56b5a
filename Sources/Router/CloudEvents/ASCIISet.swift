/// A set of ASCII characters as two words, so that a look-up is a shift and touches no table.
public struct ASCIISet: Sendable {
    /// Bit n stands for the character n, 0...63.
    let low: UInt64
    /// Bit n stands for the character 64 + n.
    let high: UInt64

    @inline(__always)
    init(_ low: UInt64, _ high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Whether the set has this byte; bytes from 128 on are in no set.
    @inline(__always)
    public func contains(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        let word = byte < 64 ? self.low : self.high
        return (word >> UInt64(byte & 63)) & 1 == 1
    }

    /// `0-9 a-f A-F`
    @inline(__always) public static var hexDigit: Self { Self(0x03ff_0000_0000_0000, 0x0000_007e_0000_007e) }

    /// `tchar`: what the name of a header is made of (RFC 9110, section 5.6.2).
    @inline(__always) public static var token: Self { Self(0x03ff_6cfa_0000_0000, 0x57ff_ffff_c7ff_fffe) }

    /// `unreserved`: `A-Z a-z 0-9 - . _ ~`, what stands for itself everywhere in a URL (RFC 3986, section 2.3).
    @inline(__always) public static var unreserved: Self { Self(0x03ff_6000_0000_0000, 0x47ff_fffe_87ff_fffe) }
}

extension UInt8 {
    /// The value of a hexadecimal digit; nil for any other byte.
    @inline(__always) var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }

    /// An ASCII capital as its small letter, any other byte as it is.
    @inline(__always) var lowercasedASCII: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }

    @inline(__always) var isASCIIDigit: Bool { (0x30...0x39).contains(self) }

    @inline(__always) var isASCIILetter: Bool { (0x61...0x7a).contains(self | 0x20) }
}
