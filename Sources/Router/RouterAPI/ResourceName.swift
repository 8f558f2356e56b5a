import HTTPServing
import Hummingbird

/// The names of things in paths.
enum ResourceName {
    /// Bytes that an id in a path has at most.
    static let bytesMax = 1_024

    /// Whether a text can be the id of a subscription: `[A-Za-z0-9._~-]{1,128}`, and not `.` or `..`.
    static func isSubscription(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// A new id for a subscription that was given none: 20 lower-case characters, 100 random bits.
    static func mintSubscription() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<20).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
    }

    /// The decoded `{id}` of the path.
    /// - Throws: 404 where it can be the id of nothing.
    static func id(in context: RouterRequestContext, of kind: String) throws(ProblemError) -> String {
        guard let raw = context.parameters.get("id"), let id = PercentEncoding.decode(raw), !id.isEmpty,
            id.utf8.count <= self.bytesMax
        else { throw ProblemError(.notFound, "there is no such \(kind)") }
        return id
    }
}
