/// The story of one event as a tree for people.
enum TraceTree {
    /// Subscriptions that did not match and are shown one by one; more are one line, unless all are wanted.
    private static let filteredMax = 3

    /// One line a fact; nothing in it steers a terminal.
    static func rendered(_ trace: JSONValue, showsAll: Bool = false) -> String {
        let event = trace["event"] ?? .null
        var lines = ["\(event["id"]?.plain ?? "?")  \(event["type"]?.plain ?? "")"]
        var facts: [(String, [String])] = []
        for name in ["source", "subject", "time", "tenantid", "correlationid", "causationid", "runid"] {
            if let value = event[name]?.plain, !value.isEmpty { facts.append(("\(name): \(value)", [])) }
        }
        if let position = trace["position"] {
            let place = "\(position["topic"]?.plain ?? "?")/\(position["partition"]?.plain ?? "?")"
            facts.append(("stored at \(place)@\(position["offset"]?.plain ?? "?")", []))
        }
        let fates = trace["subscriptions"]?.elements ?? []
        let filtered = fates.count { $0["state"]?.text == "filtered" }
        let collapses = !showsAll && filtered > self.filteredMax
        for fate in fates where !collapses || fate["state"]?.text != "filtered" {
            facts.append((self.headline(fate), self.attempts(fate)))
        }
        if collapses { facts.append(("– \(filtered) filtered  (--all shows them)", [])) }
        if fates.isEmpty { facts.append(("no subscription has seen it", [])) }
        for (index, fact) in facts.enumerated() {
            let isLast = index == facts.count - 1
            lines.append((isLast ? "└─ " : "├─ ") + fact.0)
            for (place, attempt) in fact.1.enumerated() {
                lines.append((isLast ? "   " : "│  ") + (place == fact.1.count - 1 ? "└─ " : "├─ ") + attempt)
            }
        }
        return lines.map(TerminalText.safe).joined(separator: "\n")
    }

    private static func headline(_ fate: JSONValue) -> String {
        let state = fate["state"]?.plain ?? "unknown"
        let mark =
            switch state {
            case "delivered": "✔"
            case "dead-lettered": "✘"
            case "filtered": "–"
            default: "…"
            }
        let reason = fate["reason"]?.plain ?? ""
        return "\(mark) \(fate["id"]?.plain ?? "?")  \(state)" + (reason.isEmpty ? "" : "  (\(reason))")
    }

    private static func attempts(_ fate: JSONValue) -> [String] {
        (fate["attempts"]?.elements ?? []).enumerated().map { index, attempt in
            var text = "attempt \(index + 1)  \(attempt["at"]?.plain ?? "")"
            if let status = attempt["status"]?.plain { text += "  HTTP \(status)" }
            if let duration = attempt["durationMs"]?.plain { text += "  \(duration) ms" }
            if let error = attempt["error"]?.plain, !error.isEmpty { text += "  \(error)" }
            return text
        }
    }
}
