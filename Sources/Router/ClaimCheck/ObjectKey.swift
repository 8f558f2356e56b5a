import CloudEvents
import EventLog

/// Keys of objects: `PREFIX/TENANT/2026-11-23/UUID`. The tenant makes rights and deletions by tenant possible, the day
/// those by age; 122 random bits make that nobody guesses one.
enum ObjectKey {
    /// A key that no other object has.
    static func make(prefix: String, tenant: String, at time: Timestamp) -> String {
        let day = RFC3339.text(milliseconds: time.milliseconds).prefix(10)
        return (prefix.isEmpty ? "" : prefix + "/") + "\(self.component(tenant))/\(day)/\(self.uuid())"
    }

    /// Whether a key is one of the tenant's, whatever its prefix.
    static func belongs(_ key: String, to tenant: String) -> Bool {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count >= 3 && parts[parts.count - 3] == self.component(tenant)
    }

    /// A tenant as one part of a path, different for different tenants: no `/`, and no `.` or `..`.
    private static func component(_ tenant: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for (index, byte) in tenant.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: ".") where index > 0: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return bytes.isEmpty ? "%" : String(decoding: bytes, as: UTF8.self)
    }

    /// A UUID of version 4 (RFC 9562, section 5.4), from the system's random numbers.
    private static func uuid() -> String {
        var random = SystemRandomNumberGenerator()
        var words = [random.next(), random.next()]
        words[0] = words[0] & ~0xf000 | 0x4000
        words[1] = words[1] & ~(0b11 << 62) | 0b10 << 62
        let digits = words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
