import Foundation

extension AdapterTable {
    /// A payload that has every member that a row speaks of.
    static func payload(_ row: [String: String]) throws -> [String: Any] {
        var payload: [String: Any] = ["action": "published"]
        for sentence in row.values {
            let told = sentence.components(separatedBy: " # ")[0].components(separatedBy: " ###")[0]
            for match in told.matches(of: #/([a-z0-9_]+(?:\.[a-z0-9_]+)*) value/#) {
                let path = String(match.1).components(separatedBy: ".")
                payload = Self.setting(path, to: Self.sample(path), in: payload)
            }
            if told.contains("sponsorship.sponsor.login") {
                payload = Self.setting(["sponsorship", "sponsor", "login"], to: "sponsor", in: payload)
            }
            if told.contains("based on action") {
                payload = Self.setting(["release", "published_at"], to: Self.sample(["published_at"]), in: payload)
            }
        }
        return payload
    }

    private static func sample(_ path: [String]) -> String {
        let last = path[path.count - 1]
        if path == ["action"] { return "published" }
        if last.hasSuffix("_at") || last.hasSuffix("_date") { return "2026-01-02T03:04:05Z" }
        if last.hasSuffix("url") || last == "homepage" { return "https://host.example/\(path.joined(separator: "/"))" }
        return path.joined(separator: "-")
    }

    private static func setting(_ path: [String], to value: String, in members: [String: Any]) -> [String: Any] {
        var members = members
        guard let first = path.first else { return members }
        if path.count == 1 {
            members[first] = value
        } else {
            members[first] = Self.setting(
                Array(path.dropFirst()), to: value, in: members[first] as? [String: Any] ?? [:])
        }
        return members
    }
}
