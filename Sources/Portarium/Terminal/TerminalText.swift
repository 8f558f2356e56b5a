/// Text from outside on its way to a person's terminal.
enum TerminalText {
    /// The text without characters that steer a terminal: what an event says must not move the cursor or set colours.
    static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: self.steers) else { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            if self.steers(scalar) {
                safe += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// How many columns a text takes: East Asian wide characters and emoji take two.
    static func width(_ text: String) -> Int {
        text.reduce(0) { width, character in
            width + (character.unicodeScalars.contains(where: self.isWide) ? 2 : 1)
        }
    }

    /// The text in at most `columns` columns, with `…` where something was cut.
    static func clipped(_ text: String, to columns: Int) -> String {
        guard columns > 0 else { return "" }
        guard self.width(text) > columns else { return text }
        var clipped = ""
        var width = 0
        for character in text {
            let next = self.width(String(character))
            guard width + next <= columns - 1 else { break }
            clipped.append(character)
            width += next
        }
        return clipped + "…"
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // Bidirectional overrides let one text pass for another.
        case .format: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        default: false
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isEmojiPresentation { return true }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return true
        default: return false
        }
    }
}
