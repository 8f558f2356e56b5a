/// Dates, times and durations of RFC 3339, section 5.6 and appendix A.
enum TimeFormat {
    static func isDateTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count > 11, bytes[10] | 0x20 == UInt8(ascii: "t") else { return false }
        return self.isDate(bytes[..<10]) && self.isTime(bytes[11...])
    }

    static func isDate(_ text: String) -> Bool { self.isDate(Array(text.utf8)[...]) }

    static func isTime(_ text: String) -> Bool { self.isTime(Array(text.utf8)[...]) }

    private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(bytes)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = self.number(bytes[0..<4]), let month = self.number(bytes[5..<7]),
            let day = self.number(bytes[8..<10]), (1...12).contains(month)
        else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(bytes)
        guard bytes.count >= 9, bytes[2] == UInt8(ascii: ":"), bytes[5] == UInt8(ascii: ":"),
            let hour = self.number(bytes[0..<2]), let minute = self.number(bytes[3..<5]),
            let second = self.number(bytes[6..<8]), hour < 24, minute < 60, second <= 60
        else { return false }
        var rest = bytes[8...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = self.offset(Array(rest)) else { return false }
        // A leap second is one before midnight of Greenwich.
        return second < 60 || (hour * 60 + minute - offset + 2_880) % 1_440 == 1_439
    }

    /// In minutes; nil where it is none.
    private static func offset(_ bytes: [UInt8]) -> Int? {
        if bytes.count == 1, bytes[0] | 0x20 == UInt8(ascii: "z") { return 0 }
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            bytes[3] == UInt8(ascii: ":"), let hours = self.number(bytes[1..<3]),
            let minutes = self.number(bytes[4..<6]),
            hours < 24, minutes < 60
        else { return nil }
        let offset = hours * 60 + minutes
        return bytes[0] == UInt8(ascii: "+") ? offset : -offset
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// `P` and weeks, or parts that follow each other without a gap, each of them shorter than the one before it.
    static func isDuration(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        guard rest.popFirst() == UInt8(ascii: "P") else { return false }
        let time = rest.firstIndex(of: UInt8(ascii: "T"))
        let date = rest[..<(time ?? rest.endIndex)]
        guard let dates = self.units(date) else { return false }
        if dates == ["W"] { return time == nil }
        guard self.isChain(dates, of: ["Y", "M", "D"]) else { return false }
        guard let time else { return !dates.isEmpty }
        guard let times = self.units(rest[(time + 1)...]), !times.isEmpty else { return false }
        return self.isChain(times, of: ["H", "M", "S"])
    }

    private static func units(_ bytes: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
        var (units, digits): ([Unicode.Scalar], Int) = ([], 0)
        for byte in bytes {
            if (0x30...0x39).contains(byte) {
                digits += 1
            } else {
                guard digits > 0 else { return nil }
                units.append(Unicode.Scalar(byte))
                digits = 0
            }
        }
        return digits == 0 ? units : nil
    }

    private static func isChain(_ units: [Unicode.Scalar], of order: [Unicode.Scalar]) -> Bool {
        guard let first = units.first else { return true }
        guard let start = order.firstIndex(of: first) else { return false }
        return order[start...].starts(with: units)
    }
}
