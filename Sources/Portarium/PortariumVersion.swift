/// The version of this program.
enum PortariumVersion {
    /// Semantic version, without a `v`.
    static let current = "0.1.0"
}
