/// Names that nobody else draws.
enum RandomName {
    /// `count` characters of `[0-9a-z]` from the system's generator.
    static func make(_ count: Int) -> String {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        return String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }
}
