/// The header fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4):
/// lists of strings with parameters, in the syntax of structured fields (RFC 9651).
///
/// `q` is what a full bucket holds and `w` the seconds in which an empty one gets full; `r` is what is left and `t` the
/// seconds until all of it is there again.
public struct RateLimitFields: Sendable, Hashable {
    /// The value of `RateLimit-Policy`.
    public let policy: String
    /// The value of `RateLimit`.
    public let standing: String

    init?(events: TokenBucket?, bytes: TokenBucket?, now: Int64) {
        var (policies, standings): ([String], [String]) = ([], [])
        func add(_ name: String, unit: String, _ bucket: TokenBucket?) {
            guard let bucket else { return }
            policies.append("\"\(name)\";q=\(bucket.capacity);qu=\"\(unit)\";w=\(Self.seconds(bucket.window))")
            standings.append(
                "\"\(name)\";r=\(bucket.available(now: now));t=\(Self.seconds(bucket.timeToFull(now: now)))")
        }
        add("events", unit: "events", events)
        add("bytes", unit: "content-bytes", bytes)
        guard !policies.isEmpty else { return nil }
        self.policy = policies.joined(separator: ", ")
        self.standing = standings.joined(separator: ", ")
    }

    private static func seconds(_ milliseconds: Int64) -> Int64 { (milliseconds + 999) / 1_000 }
}
