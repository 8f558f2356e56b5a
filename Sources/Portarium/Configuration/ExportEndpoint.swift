import FoundationEssentials

/// The URL of a collector (OTLP/HTTP).
enum ExportEndpoint {
    /// Where spans go beneath a collector's base URL.
    static let tracesPath = "/v1/traces"

    /// Whether a text is an absolute `http` or `https` URL with a host, and without user, password and fragment.
    static func isUsable(_ text: String) -> Bool {
        guard let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            scheme == "http" || scheme == "https", components.user == nil, components.password == nil,
            components.fragment == nil, let host = components.host, !host.isEmpty
        else { return false }
        return components.port.map { (1...65_535).contains($0) } ?? true
    }

    /// The URL that spans are posted to: one without a path gets the usual one.
    static func url(of text: String) -> String {
        guard let components = URLComponents(string: text), components.path.isEmpty, components.query == nil else {
            return text
        }
        return text + self.tracesPath
    }

    /// The same for the base of all signals, which always gets the path (OpenTelemetry, "OTLP Exporter
    /// Configuration").
    static func url(ofBase text: String) -> String {
        (text.hasSuffix("/") ? String(text.dropLast()) : text) + self.tracesPath
    }
}
