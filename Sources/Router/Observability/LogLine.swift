import Logging

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the two log handlers share: which metadata a line has, and what time it is.
enum LogLine {
    /// Metadata of the handler, then of the provider, then of the line: the later one counts.
    static func metadata(
        handler: Logger.Metadata, provider: Logger.MetadataProvider?, event: LogEvent
    ) -> Logger.Metadata {
        var metadata = handler
        if let provided = provider?.get(), !provided.isEmpty {
            metadata.merge(provided) { _, new in new }
        }
        if let own = event.metadata, !own.isEmpty {
            metadata.merge(own) { _, new in new }
        }
        return metadata
    }

    /// `2026-11-23T10:20:30.123456Z`, now.
    static func timestamp() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return self.timestamp(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }

    static func timestamp(seconds: Int, nanoseconds: Int) -> String {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = ""
        text.reserveCapacity(27)
        func append(_ value: Int, width: Int, then separator: Character) {
            let digits = String(value)
            for _ in digits.utf8.count..<max(width, digits.utf8.count) { text.append("0") }
            text += digits
            text.append(separator)
        }
        append(Int(parts.tm_year) + 1_900, width: 4, then: "-")
        append(Int(parts.tm_mon) + 1, width: 2, then: "-")
        append(Int(parts.tm_mday), width: 2, then: "T")
        append(Int(parts.tm_hour), width: 2, then: ":")
        append(Int(parts.tm_min), width: 2, then: ":")
        append(Int(parts.tm_sec), width: 2, then: ".")
        append(nanoseconds / 1_000, width: 6, then: "Z")
        return text
    }
}
