/// How values are shown in explanations.
enum ExplanationText {
    /// Longer values are cut.
    static let charactersMax = 120

    /// In single quotes, cut with an ellipsis where it is long.
    static func quoted(_ value: String) -> String {
        value.count <= self.charactersMax ? "'\(value)'" : "'\(value.prefix(self.charactersMax))…'"
    }
}
