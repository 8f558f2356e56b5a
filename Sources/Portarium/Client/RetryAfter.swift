import CloudEvents

/// The `Retry-After` header (RFC 9110, 10.2.3).
enum RetryAfter {
    /// Milliseconds to wait, nil where the text is neither seconds nor an HTTP date. Never less than 0.
    static func milliseconds(_ text: String, nowMilliseconds: Int64) -> Int64? {
        let text = text.filter { $0 != "\t" }
        if let seconds = Int64(text.split(separator: " ").joined()), seconds >= 0 {
            return seconds.multipliedReportingOverflow(by: 1_000).overflow ? .max : seconds * 1_000
        }
        guard let date = self.httpDate(text) else { return nil }
        return max(0, date - nowMilliseconds)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func httpDate(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let monthText = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return RFC3339.milliseconds("\(parts[3])-\(monthText)-\(parts[1])T\(parts[4])Z")
    }
}
