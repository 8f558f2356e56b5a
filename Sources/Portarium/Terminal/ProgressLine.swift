/// One line at the bottom of a terminal that says how far something is; silent where nobody looks.
struct ProgressLine: Sendable {
    private let terminal: Terminal
    private let clock = ContinuousClock()
    private let started: ContinuousClock.Instant
    private var lastDrawn: ContinuousClock.Instant?
    private var isDrawn = false

    init(_ terminal: Terminal) {
        self.terminal = terminal
        self.started = self.clock.now
    }

    /// Draws at most ten times a second. `fraction` is nil where the end is not known.
    mutating func update(fraction: Double?, done: Int, unit: String, failed: Int) {
        guard self.terminal.isErrorInteractive else { return }
        let now = self.clock.now
        if let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        self.lastDrawn = now
        self.isDrawn = true
        let text = Self.text(
            fraction: fraction, done: done, unit: unit, failed: failed, elapsed: now - self.started,
            columns: self.terminal.columns ?? 80)
        self.terminal.writeError(Array("\r\u{1B}[2K\(text)".utf8))
    }

    /// Takes the line away.
    mutating func clear() {
        guard self.isDrawn else { return }
        self.isDrawn = false
        self.terminal.writeError(Array("\r\u{1B}[2K".utf8))
    }

    /// `[#####-----]  50%  1200 events  400/s  3 failed`; where the end is not known, a mark that goes to and fro:
    /// `[---####---]  1200 events  400/s`.
    static func text(
        fraction: Double?, done: Int, unit: String, failed: Int, elapsed: Duration, columns: Int
    ) -> String {
        var text = ""
        if let fraction {
            let share = min(1, max(0, fraction))
            let filled = Int((share * 24).rounded(.down))
            let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 24 - filled)
            text += "[\(bar)] \(Int((share * 100).rounded(.down)))%  "
        }
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        if fraction == nil {
            let step = Int(seconds * 10) % 40
            let place = step <= 20 ? step : 40 - step
            text +=
                "[" + String(repeating: "-", count: place) + "####" + String(repeating: "-", count: 20 - place) + "]  "
        }
        text += "\(done) \(unit)"
        if seconds > 0 { text += "  \(Int(Double(done) / seconds))/s" }
        if failed > 0 { text += "  \(failed) failed" }
        return TerminalText.clipped(text, to: columns - 1)
    }
}
