import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The value of the header `Date` (RFC 9110, section 5.6.7), made once a second.
final class HTTPDate: Sendable {
    private let last = Mutex<(second: Int, text: String)>((second: .min, text: ""))

    /// The date now.
    var now: String {
        var seconds = time(nil)
        return self.last.withLock { last in
            if last.second != seconds {
                var parts = tm()
                gmtime_r(&seconds, &parts)
                last = (second: seconds, text: Self.text(parts))
            }
            return last.text
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`: English whatever the locale.
    private static func text(_ parts: tm) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1_900)"
        return
            "\(days[Int(parts.tm_wday)]), \(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
