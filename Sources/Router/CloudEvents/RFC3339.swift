/// RFC 3339 timestamps: checked and converted without Foundation.
public enum RFC3339 {
    /// The instant in milliseconds since the epoch, nil where the bytes are no RFC 3339 `date-time` (section 5.6).
    ///
    /// Fractions of any length are read, digits past milliseconds are cut. A leap second `:60` counts as `:59`; it may
    /// stand only where leap seconds come, in the last minute of a month in UTC (section 5.7).
    public static func milliseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count >= 20, self.hasSeparators(text),
            let century = self.twoDigits(text, at: 0), let yearOfCentury = self.twoDigits(text, at: 2),
            let month = self.twoDigits(text, at: 5), let day = self.twoDigits(text, at: 8),
            let hour = self.twoDigits(text, at: 11), let minute = self.twoDigits(text, at: 14),
            let second = self.twoDigits(text, at: 17)
        else { return nil }
        let year = century * 100 + yearOfCentury
        guard (1...12).contains(month), day >= 1, day <= self.days(in: month, of: year), hour <= 23, minute <= 59,
            second <= 60
        else { return nil }
        var cursor = 19
        var millisecond: Int64 = 0
        if text[cursor] == UInt8(ascii: ".") {
            cursor += 1
            let first = cursor
            var scale: Int64 = 100
            while cursor < text.count, text[cursor].isASCIIDigit {
                millisecond += Int64(text[cursor] - 0x30) * scale
                scale /= 10
                cursor += 1
            }
            guard cursor > first else { return nil }
        }
        guard let zoneMinutes = self.zone(text, at: cursor) else { return nil }
        let days = self.daysSinceEpoch(year: year, month: month, day: day)
        let minutes = days * 1_440 + hour * 60 + minute - zoneMinutes
        guard second < 60 || self.isStartOfMonth(minutesSinceEpoch: minutes + 1) else { return nil }
        return (minutes * 60 + min(second, 59)) * 1_000 + millisecond
    }

    /// The instant in milliseconds since the epoch, nil where the text is no RFC 3339 `date-time`.
    public static func milliseconds(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { self.milliseconds(UnsafeRawBufferPointer($0)) }
    }

    /// `2026-11-23T10:20:30.123Z`; years 0 to 9999.
    public static func text(milliseconds: Int64) -> String {
        let (seconds, millisecond) = milliseconds.quotientAndFloorModulus(1_000)
        let (days, secondOfDay) = seconds.quotientAndFloorModulus(86_400)
        let (year, month, day) = self.civil(daysSinceEpoch: days)
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(secondOfDay / 3_600, 2)):\(padded(secondOfDay / 60 % 60, 2)):\(padded(secondOfDay % 60, 2))"
            + ".\(padded(millisecond, 3))Z"
    }

    /// Whether the marks of `yyyy-mm-ddThh:mm:ss` stand at their places.
    private static func hasSeparators(_ text: UnsafeRawBufferPointer) -> Bool {
        text[4] == UInt8(ascii: "-") && text[7] == UInt8(ascii: "-") && text[10] | 0x20 == UInt8(ascii: "t")
            && text[13] == UInt8(ascii: ":") && text[16] == UInt8(ascii: ":")
    }

    @inline(__always)
    private static func twoDigits(_ text: UnsafeRawBufferPointer, at index: Int) -> Int64? {
        guard text[index].isASCIIDigit, text[index + 1].isASCIIDigit else { return nil }
        return Int64(text[index] - 0x30) * 10 + Int64(text[index + 1] - 0x30)
    }

    /// Minutes east of UTC, nil where the zone is malformed or bytes follow it.
    private static func zone(_ text: UnsafeRawBufferPointer, at cursor: Int) -> Int64? {
        guard cursor < text.count else { return nil }
        let sign = text[cursor]
        if sign | 0x20 == UInt8(ascii: "z") { return cursor + 1 == text.count ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), text.count == cursor + 6,
            text[cursor + 3] == UInt8(ascii: ":"), let hours = self.twoDigits(text, at: cursor + 1),
            let minutes = self.twoDigits(text, at: cursor + 4), hours <= 23, minutes <= 59
        else { return nil }
        return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }

    private static func isStartOfMonth(minutesSinceEpoch minutes: Int64) -> Bool {
        let (days, minuteOfDay) = minutes.quotientAndFloorModulus(1_440)
        return minuteOfDay == 0 && self.civil(daysSinceEpoch: days).day == 1
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar; years are counted from March so that the leap day is
    /// last.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.quotientAndFloorModulus(400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).quotientAndFloorModulus(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int64 {
    /// Division that rounds towards negative infinity, so that the modulus is never negative.
    fileprivate func quotientAndFloorModulus(_ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
