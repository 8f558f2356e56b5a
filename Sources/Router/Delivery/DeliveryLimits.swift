/// The bounds of the delivery machine. Every queue it keeps is limited by one of these.
public struct DeliveryLimits: Sendable, Hashable {
    /// Events of one subscription held in memory, `16...100000`. Beyond it the subscription detaches from the tail.
    public var windowEventsMax: Int = 1_000
    /// Bytes of events of one subscription held in memory, `65536...1073741824`.
    public var windowBytesMax: Int = 4 << 20
    /// Bytes of events held in memory by all subscriptions together, `1048576...68719476736`.
    public var heldBytesMax: Int = 64 << 20
    /// Attempts in flight in all, `1...65536`.
    public var inFlightMax: Int = 1_024
    /// Attempts in flight to one destination of one tenant, `1...65536`.
    public var inFlightPerDestinationMax: Int = 256
    /// Attempts in flight to one host and port of all tenants, `1...65535`.
    public var inFlightPerHostMax: Int = 65_535
    /// Attempts a second to one host and port of all tenants; nil: no limit.
    public var ratePerHost: Double?
    /// Exceptions from it by origin, `scheme://host:port`.
    public var hostRates: [String: Double] = [:]
    /// Attempts in flight of one tenant, `1...65536`.
    public var inFlightPerTenantMax: Int = 512
    /// Failures in a row that open the circuit of a destination, `1...10000`.
    public var circuitFailuresMax: Int = 50
    /// How long a circuit stays open at first, in milliseconds; doubles with each failed probe, `10...3600000`.
    public var circuitOpenMillisecondsMin: Int64 = 500
    /// No circuit stays open longer before a probe, in milliseconds, `circuitOpenMillisecondsMin...3600000`.
    public var circuitOpenMillisecondsMax: Int64 = 30_000
    /// A subscription whose every attempt failed for this long is suspended, in milliseconds; 0: never. Not before it
    /// has failed five times, and a quarter of this without an attempt begins it anew.
    public var suspendAfterMilliseconds: Int64 = 5 * 86_400_000
    /// Catch-up reads in flight, `1...64`.
    public var catchUpFetchesMax: Int = 4
    /// Records of one catch-up read, `1...10000`.
    public var catchUpRecordsMax: Int = 1_000
    /// Bytes of one catch-up read, `65536...67108864`.
    public var catchUpBytesMax: Int = 1 << 20
    /// How far, in offsets, one stuck event may hold back what the tail commits for all, `0...1000000`. Beyond it the
    /// subscription's own cursor is what a restart begins with.
    public var commitLagMax: Int64 = 1_000
    /// Bytes of the text that a cursor is committed with, `64...1048576`; no more than the log takes. A gap map that
    /// does not fit is cut short: a crash then repeats what was settled behind the cut.
    public var cursorMetadataBytesMax: Int = 60_000
    /// How long a failed read or dead-letter write waits, in milliseconds, `1...600000`.
    public var internalRetryMilliseconds: Int64 = 500

    public init() {}
}
