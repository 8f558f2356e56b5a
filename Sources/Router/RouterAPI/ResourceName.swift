import CloudEvents
import HTTPServing
import Hummingbird

/// The names of things in paths.
enum ResourceName {
    /// Bytes that an id in a path has at most.
    static let bytesMax = 1_024

    /// A new id for a subscription that was given none: 20 lower-case characters, 100 random bits.
    static func mintSubscription() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<20).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
    }

    /// The decoded `{id}` of the path, or what stands there by another name.
    /// - Throws: 404 where it can be the id of nothing.
    static func id(
        in context: RouterRequestContext, named name: String = "id", of kind: String
    ) throws(ProblemError) -> String {
        guard let raw = context.parameters.get(name), let id = PercentEncoding.decode(raw), !id.isEmpty,
            id.utf8.count <= self.bytesMax
        else { throw ProblemError(.notFound, "there is no such \(kind)") }
        return id
    }
}
