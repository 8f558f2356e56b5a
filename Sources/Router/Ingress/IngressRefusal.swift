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
    /// The request names no valid tenant.
    public static let tenant = Self(name: "tenant")
    /// The request has no valid credential.
    public static let unauthenticated = Self(name: "unauthenticated")
    /// Its credential may not publish, or not for the tenant that the request names.
    public static let forbidden = Self(name: "forbidden")
    /// The client went away, or ended the body, before all of it was there; or the server shut down meanwhile.
    public static let cutOff = Self(name: "cut-off")
    /// The event belongs to another tenant.
    public static let tenantConflict = Self(name: "tenant-conflict")
    /// Over a rate of the tenant.
    public static let throttled = Self(name: "throttled")
    /// Data are not what the schema of their type asks for.
    public static let schemaViolation = Self(name: "schema-violation")
    /// More requests or bytes at once than are taken.
    public static let overloaded = Self(name: "overloaded")
    /// The log did not take the records.
    public static let logUnavailable = Self(name: "log-unavailable")
    /// The disk, or the size that the log may reach, is used up.
    public static let logFull = Self(name: "log-full")
    /// A fault of ours.
    public static let failed = Self(name: "failed")
}
