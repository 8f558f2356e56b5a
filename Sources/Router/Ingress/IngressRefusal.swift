/// Why a request with events was refused: the label of a counter. The set may grow.
public struct IngressRefusal: Sendable, Hashable {
    /// A short word, lower case with `-`.
    public let name: String

    /// A reason.
    public init(name: String) { self.name = name }

    /// No valid event, or no valid request.
    public static let invalid = Self(name: "invalid")
    /// Over a limit in size or number.
    public static let tooLarge = Self(name: "too-large")
    /// A media type that names no mode.
    public static let mediaType = Self(name: "media-type")
    /// The event belongs to another tenant.
    public static let tenantConflict = Self(name: "tenant-conflict")
    /// More requests or bytes at once than are taken.
    public static let overloaded = Self(name: "overloaded")
    /// The log did not take the records.
    public static let logUnavailable = Self(name: "log-unavailable")
    /// A fault of ours.
    public static let failed = Self(name: "failed")
}
