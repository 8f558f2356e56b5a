/// Names of metadata that say what a line is about, the same in every room, so that lines can be found by them.
public enum LogKey {
    /// Whose request or event it is.
    public static let tenant = "tenant"
    /// `TENANT/ID`.
    public static let subscription = "subscription"
    /// The id of a webhook endpoint.
    public static let endpoint = "endpoint"
    /// The trace of the request or event, 32 hexadecimal digits (OpenTelemetry, "Trace Context in non-OTLP Log
    /// Formats").
    public static let traceID = "trace_id"
}
