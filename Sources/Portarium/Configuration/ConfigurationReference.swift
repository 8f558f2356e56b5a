/// The table of settings as Markdown, for `docs/configuration.md`.
enum ConfigurationReference {
    /// Around the generated part of the page.
    static let beginMark = "<!-- settings: begin (portarium check --print-keys) -->"
    static let endMark = "<!-- settings: end -->"

    /// One table a section.
    static func markdown() -> String {
        var text = ""
        var section: String?
        for key in ConfigurationKey.table {
            let current = key.path.count > 1 ? key.path[0] : ""
            if current != section {
                section = current
                text += "\n### \(current.isEmpty ? "At the top" : "`\(current)`")\n\n"
                text += "| Key | Environment | Allowed | Default | Meaning |\n|---|---|---|---|---|\n"
            }
            text += "| `\(key.name)` | `\(key.environmentName)` | \(key.rangeText) | \(self.code(key.defaultText)) "
            text += "| \(key.meaning) |\n"
        }
        return text + "\n"
    }

    private static func code(_ text: String) -> String {
        guard text.count > 60 else { return "`\(text)`" }
        return text.dropFirst().dropLast().split(separator: ", ").map { "`\($0)`" }.joined(separator: "<br>")
    }
}
